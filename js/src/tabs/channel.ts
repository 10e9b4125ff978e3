/**
 * The channel between the tabs of one cluster: a BroadcastChannel that carries bytes.
 */
import type { ChannelAdapter } from '../types.js';

export function openBroadcastChannel(name: string): ChannelAdapter {
  const channel = new BroadcastChannel(name);
  // In Node a channel would keep the process alive.
  (channel as { unref?: () => void }).unref?.();
  return {
    post: (bytes) => channel.postMessage(bytes),
    onMessage: (receive) => {
      channel.onmessage = ({ data }) => {
        // Anything may be posted by a page of this origin; only bytes can be frames.
        if (data instanceof Uint8Array) receive(data);
        else receive(new Uint8Array(0));
      };
      return () => {
        channel.onmessage = null;
      };
    },
    close: () => channel.close(),
  };
}
