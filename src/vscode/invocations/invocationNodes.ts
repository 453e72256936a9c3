import type { DocumentKind } from '../../core/invocations/invocationDocument.ts';
import type { FollowedSession, Row } from './invocations.ts';

/** One row of the tree. Each knows its parent, so that a row can be revealed. */
export type InvocationNode = SessionNode | RowNode | DocumentNode;

/** A session's invocations, when there are several sessions. */
export interface SessionNode {
  readonly type: 'session';
  readonly parent: undefined;
  readonly session: FollowedSession;
}

export interface RowNode {
  readonly type: 'invocation';
  readonly parent: SessionNode | undefined;
  readonly row: Row;
}

export interface DocumentNode {
  readonly type: 'document';
  readonly parent: RowNode;
  readonly row: Row;
  readonly kind: DocumentKind;
}
