/** Attributes, and the text or elements of a new element. */
export interface ElementContent {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
  readonly onClick?: () => void;
}

/** Makes an element; texts are set as text, never as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  content: ElementContent = {},
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (content.class !== undefined) made.className = content.class;
  if (content.text !== undefined) made.textContent = content.text;
  for (const [name, value] of Object.entries(content.attributes ?? {})) made.setAttribute(name, value);
  if (content.children !== undefined) made.append(...content.children);
  if (content.onClick !== undefined) made.addEventListener('click', content.onClick);
  return made;
}

/** An element of the page's frame. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}`);
  return found;
}

/** The class that gives a part its colour: layers in turn, the code always the same. */
export function partClass(kind: 'layer' | 'code', part: number): string {
  return kind === 'code' ? 'of-code' : `of-layer-${part % 5}`;
}
