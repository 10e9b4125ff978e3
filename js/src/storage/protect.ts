/**
 * Browsers delete what an origin stored: when room gets short, and Safari after seven days of use
 * without a visit. They may promise not to, when they are asked.
 */

/**
 * Asks for that promise and tells whether it was given. Nothing here asks by itself, because the
 * browser may ask the person: call it in answer to something they did.
 */
export async function protectStorage(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    // An insecure page, a frame that may not, or no browser at all.
    return false;
  }
}
