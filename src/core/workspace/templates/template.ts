/** What an infrastructure template says about functions and layers. */
export interface Template {
  readonly functions: readonly TemplateFunction[];
  readonly layers: readonly TemplateLayer[];
}

/** A template of the workspace. */
export interface NamedTemplate {
  /** Its path in the workspace folder, with `/`; the first part of its functions' references. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly template: Template;
}

/** A function of a template. */
export interface TemplateFunction {
  /** What the template calls it, such as a logical id. */
  readonly id: string;
  /** Where it is defined, from 1. */
  readonly line: number;
  /** Attributes of a launch configuration, paths absolute; what the template leaves open is not there. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The layers, in order: absolute paths, version ARNs, or as the template says it where nobody can know. */
  readonly layers: readonly TemplateLayerUse[];
}

/** A layer of a function of a template. */
export interface TemplateLayerUse {
  readonly reference: string;
  /** Why it is not known which layer this is. */
  readonly problem?: string;
}

/** A layer whose content is beside the template. */
export interface TemplateLayer {
  readonly id: string;
  /** Absolute path of the folder or zip. */
  readonly path: string;
  readonly line: number;
}

/** Where a template lies, and what is there; given by the caller, so that reading one needs no disk. */
export interface TemplatePlace {
  /** Absolute path of the template. */
  readonly file: string;
  /** What messages call it. */
  readonly name: string;
  readonly exists: (path: string) => boolean;
}
