// A loader hook: Svelte has one build for browsers and one for servers, and Node would take
// the latter. Tests that render into a document want the former.
export function resolve(specifier, context, next) {
  if (!/^(svelte|esm-env)(\/|$)/.test(specifier)) return next(specifier, context);
  return next(specifier, { ...context, conditions: [...context.conditions, 'browser'] });
}
