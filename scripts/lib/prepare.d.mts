export const root: string;
export const nodeFolder: string;
export const node24: string;
export function lockfileStamp(text: string): string;
export function installReason(folder: string): string | undefined;
export function npmEnvironment(environment: NodeJS.ProcessEnv, nodeBin?: string): NodeJS.ProcessEnv;
export function prepare(): Promise<void>;
