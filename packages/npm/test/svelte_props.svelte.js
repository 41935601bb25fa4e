/* Props that Svelte observes. */
export function svelteProps(options) {
  const props = $state({ ...options });
  return props;
}
