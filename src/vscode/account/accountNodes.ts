import type { AccountPlace } from '../../core/account/accountPlace.ts';
import { placeKey } from '../../core/account/accountPlace.ts';
import type { CommandId } from '../manifest.ts';
import type { FunctionSummary, LayerSummary, LayerVersionSummary } from '../../core/account/ports.ts';

/** One row of the account view. Each knows its parent, so that a row can be revealed. */
export type AccountNode =
  | PlaceNode
  | GroupNode
  | LayerNode
  | LayerVersionNode
  | FunctionNode
  | UsersNode
  | FactNode
  | MoreNode
  | ProblemNode;

/** A profile in a region. */
export interface PlaceNode {
  readonly kind: 'accountPlace';
  readonly where: AccountPlace;
  /** `current`: the settings' own; `added`: by hand, beside it. */
  readonly origin: 'current' | 'added';
  readonly parent: undefined;
}

/** All layers, or all functions. */
export interface GroupNode {
  readonly kind: 'accountGroup';
  readonly group: 'layers' | 'functions';
  readonly where: AccountPlace;
  readonly parent: PlaceNode;
}

/** A layer; contextValue `accountLayer`, with `foreign` after it for one that was added by ARN. */
export interface LayerNode {
  readonly kind: 'accountLayer';
  /** Without a version. */
  readonly layerArn: string;
  readonly where: AccountPlace;
  readonly layer: LayerSummary;
  /** The version that was added by ARN, of another account's layer. */
  readonly addedVersionArn: string | undefined;
  readonly parent: GroupNode;
}

/**
 * A layer version; contextValue `accountLayerVersion`, with `attached` after it for one in a function's list. Its
 * parent then is the function, and `position` its place there.
 */
export interface LayerVersionNode {
  readonly kind: 'accountLayerVersion';
  readonly layerVersionArn: string;
  readonly where: AccountPlace;
  /** What the listing says; a function's list says nothing but the ARN. */
  readonly version: LayerVersionSummary | undefined;
  /** Bytes of the zip, where they are known without asking. */
  readonly zippedBytes: number | undefined;
  /** Place in the function's order, from 0. */
  readonly position: number | undefined;
  readonly parent: LayerNode | FunctionNode;
}

/** A function; contextValue `accountFunction`. */
export interface FunctionNode {
  readonly kind: 'accountFunction';
  readonly functionArn: string;
  readonly functionName: string;
  readonly where: AccountPlace;
  /** As it is by now, as far as that is known. */
  readonly function: FunctionSummary;
  readonly parent: GroupNode | UsersNode;
}

/** The functions that have a version. */
export interface UsersNode {
  readonly kind: 'accountUsers';
  readonly layerVersionArn: string;
  readonly where: AccountPlace;
  readonly parent: LayerVersionNode;
}

/** One thing to know about its parent. */
export interface FactNode {
  readonly kind: 'accountFact';
  /** Also the row's identity among its siblings. */
  readonly label: string;
  readonly value: string;
  readonly icon: string;
  /** What a click does. */
  readonly command?: CommandId | undefined;
  readonly parent: AccountNode | undefined;
}

/** Asks for more rows of a listing. */
export interface MoreNode {
  readonly kind: 'accountMore';
  /** Rows shown so far. */
  readonly shown: number;
  readonly parent: GroupNode | LayerNode;
}

/** Something that could not be read, in the place where it would be. */
export interface ProblemNode {
  readonly kind: 'accountProblem';
  readonly message: string;
  readonly help: string | undefined;
  readonly parent: AccountNode | undefined;
}

/** Stable over reloads and refreshes, so that what is expanded stays so. */
export function accountNodeId(node: AccountNode): string {
  const above = node.parent === undefined ? '' : `${accountNodeId(node.parent)}/`;
  return above + ownId(node);
}

function ownId(node: AccountNode): string {
  switch (node.kind) {
    case 'accountPlace':
      return placeKey(node.where);
    case 'accountGroup':
      return node.group;
    case 'accountLayer':
      return node.addedVersionArn ?? node.layerArn;
    case 'accountLayerVersion':
      return `${node.position ?? ''}#${node.layerVersionArn}`;
    case 'accountFunction':
      return node.functionArn;
    case 'accountUsers':
      return 'users';
    case 'accountFact':
      return `fact ${node.label}`;
    case 'accountMore':
      return `more ${node.shown}`;
    case 'accountProblem':
      return 'problem';
  }
}

/** Whether something that a command was given is a row of the account view. */
export function isAccountNode(input: unknown): input is AccountNode {
  return (
    typeof input === 'object' && input !== null && 'kind' in input && String(input.kind).startsWith('account')
  );
}
