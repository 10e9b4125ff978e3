// The examples' languages, made into modules by the compilers that their users use.
import { compileScript, parse } from 'vue/compiler-sfc';
import { compile } from 'svelte/compiler';
import { transformWithOxc } from 'vite';

export async function stripTypeScript(code) {
  return (await transformWithOxc(code, 'example.ts')).code;
}

export async function compileJsx(code) {
  return (await transformWithOxc(code, 'example.jsx', { jsx: { runtime: 'automatic' } })).code;
}

export function compileVue(code) {
  const { descriptor, errors } = parse(code, { filename: 'Example.vue' });
  if (errors.length > 0) throw errors[0];
  return compileScript(descriptor, { id: 'example', inlineTemplate: true }).content;
}

export function compileSvelte(code) {
  const { js, warnings } = compile(code, { filename: 'Example.svelte', generate: 'client' });
  if (warnings.length > 0) throw new Error(warnings.map(String).join('\n'));
  return js.code;
}
