import { isCloudFormation, readCloudFormation } from './cloudFormation.ts';
import { isServerless, readServerless } from './serverless.ts';
import type { Template, TemplatePlace } from './template.ts';
import type { TemplateDocument } from './templateDocument.ts';

interface TemplateFormat {
  readonly recognises: (document: TemplateDocument) => boolean;
  readonly read: (document: TemplateDocument, place: TemplatePlace) => Template;
}

/** The formats of templates; another one is a file and a line here. */
const formats: readonly TemplateFormat[] = [
  { recognises: isCloudFormation, read: readCloudFormation },
  { recognises: isServerless, read: readServerless },
];

/** Bytes of the largest template that is read; CloudFormation takes one megabyte. */
export const mostTemplateBytes = 4 * 2 ** 20;

/** Files that may be templates, as a glob of VS Code. */
export const templateGlob =
  '**/{template.yaml,template.yml,template.json,sam.yaml,sam.yml,serverless.yml,serverless.yaml,*.template.yaml,*.template.yml,*.template.json}';

/** Folders in which nobody's own templates are. */
export const templateExclude = '**/{node_modules,.aws-sam,.serverless,.git,.venv}/**';

/**
 * Reads the functions and layers of a template; `undefined` for a file that is no template. The parser is loaded with
 * the first one.
 * @throws UserError `TemplateInvalid` naming the file
 */
export async function readTemplate(text: string, place: TemplatePlace): Promise<Template | undefined> {
  const { parseTemplate } = await import('./templateDocument.ts');
  const document = parseTemplate(text, place.name);
  const format = formats.find(({ recognises }) => recognises(document));
  return format?.read(document, place);
}
