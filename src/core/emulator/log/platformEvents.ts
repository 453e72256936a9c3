import { functionArn, initializationType, type FunctionSettings } from '../functionSettings.ts';
import { traceFields } from '../runtime/traceHeader.ts';

/** How a phase ended: `failure` by the end of a process, `error` as the runtime reported. */
export type PhaseStatus = 'success' | 'error' | 'failure' | 'timeout';

/** Where an init took place: ahead of an invocation, or repeated within one. */
export type InitPhase = 'init' | 'invoke';

/** The trace of an invocation, as telemetry tells it. */
export interface Tracing {
  readonly type: 'X-Amzn-Trace-Id';
  readonly value: string;
}

/** A part of an invocation's time. */
export interface Span {
  readonly name: 'responseLatency' | 'responseDuration' | 'runtimeOverhead' | 'extensionOverhead';
  /** ISO 8601. */
  readonly start: string;
  readonly durationMs: number;
}

interface InitRecord {
  readonly initializationType: string;
  readonly phase: InitPhase;
}

interface InvokeRecord {
  readonly requestId: string;
  readonly tracing?: Tracing;
  readonly tenantId?: string;
}

/** The figures of an invocation. Durations are milliseconds. */
export interface ReportMetrics {
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly memorySizeMB: number;
  readonly maxMemoryUsedMB: number;
  readonly initDurationMs?: number;
}

/**
 * What the platform tells of itself: telemetry's events of the category `platform` (Telemetry API, schema
 * 2022-12-13), from which the lines of the log are made too.
 */
export type PlatformEvent =
  | {
      readonly type: 'platform.initStart';
      readonly record: InitRecord & {
        readonly runtimeVersion: string;
        readonly runtimeVersionArn: string;
        readonly functionName: string;
        readonly functionVersion: string;
        readonly functionArn: string;
        /** In bytes. */
        readonly instanceMaxMemory: number;
      };
    }
  | {
      readonly type: 'platform.initRuntimeDone';
      readonly record: InitRecord & { readonly status: PhaseStatus; readonly errorType?: string };
    }
  | {
      readonly type: 'platform.initReport';
      readonly record: InitRecord & {
        readonly status: PhaseStatus;
        readonly errorType?: string;
        readonly metrics: { readonly durationMs: number };
      };
    }
  | { readonly type: 'platform.start'; readonly record: InvokeRecord & { readonly version: string } }
  | {
      readonly type: 'platform.runtimeDone';
      readonly record: InvokeRecord & {
        readonly status: PhaseStatus;
        readonly errorType?: string;
        readonly metrics: { readonly durationMs: number; readonly producedBytes?: number };
        readonly spans?: readonly Span[];
      };
    }
  | {
      readonly type: 'platform.report';
      readonly record: InvokeRecord & {
        readonly status: PhaseStatus;
        readonly errorType?: string;
        readonly metrics: ReportMetrics;
        readonly spans?: readonly Span[];
      };
    }
  | {
      readonly type: 'platform.extension';
      readonly record: {
        readonly name: string;
        readonly state: string;
        readonly events: readonly string[];
        readonly errorType?: string;
      };
    }
  | {
      readonly type: 'platform.telemetrySubscription';
      readonly record: {
        readonly name: string;
        readonly state: string;
        readonly types: readonly string[];
      };
    };

/** The event that opens an init phase. The runtime's ARN is made up, as the function's account is. */
export function initStart(settings: FunctionSettings, phase: InitPhase): PlatformEvent {
  const { functionName, memorySizeMb, region, runtimeLabel, version } = settings;
  return {
    type: 'platform.initStart',
    record: {
      initializationType: initializationType(settings),
      phase,
      runtimeVersion: runtimeLabel,
      runtimeVersionArn: `arn:aws:lambda:${region}::runtime:${runtimeLabel}`,
      functionName,
      functionVersion: version,
      functionArn: functionArn(settings),
      instanceMaxMemory: memorySizeMb * 2 ** 20,
    },
  };
}

/**
 * The lines that an event puts into the log in text format; an init that went well and the end of the runtime's
 * part have none (developer guide, "Lambda log formats"; the form of `REPORT` is that of 2024).
 */
export function textLines({ type, record }: PlatformEvent): readonly string[] {
  switch (type) {
    case 'platform.initStart':
      return [
        `INIT_START Runtime Version: ${record.runtimeVersion}\tRuntime Version ARN: ${record.runtimeVersionArn}`,
      ];
    case 'platform.initReport': {
      if (record.status === 'success') return [];
      const duration = record.metrics.durationMs.toFixed(2);
      return [
        [`INIT_REPORT Init Duration: ${duration} ms`, `Phase: ${record.phase}`, ...statusFields(record)].join(
          '\t',
        ),
      ];
    }
    case 'platform.start':
      return [`START RequestId: ${record.requestId} Version: ${record.version}`];
    case 'platform.report':
      return [`END RequestId: ${record.requestId}`, ...reportLines(record)];
    case 'platform.extension': {
      const fields = [
        `Name: ${record.name}`,
        `State: ${record.state}`,
        `Events: [${record.events.join(', ')}]`,
      ];
      if (record.errorType !== undefined) fields.push(`Error Type: ${record.errorType}`);
      return [['EXTENSION', ...fields].join('\t')];
    }
    case 'platform.telemetrySubscription':
      return [
        `TELEMETRY\tName: ${record.name}\tState: ${record.state}\tTypes: [${record.types.map(capitalized).join(', ')}]`,
      ];
    case 'platform.initRuntimeDone':
    case 'platform.runtimeDone':
      return [];
  }
}

/** A tab follows each field of a success, also the last one; the trace of a sampled invocation has a line of its own. */
function reportLines(record: Extract<PlatformEvent, { type: 'platform.report' }>['record']): string[] {
  const { metrics, requestId, tracing } = record;
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${metrics.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${metrics.billedDurationMs} ms`,
    `Memory Size: ${metrics.memorySizeMB} MB`,
    `Max Memory Used: ${metrics.maxMemoryUsedMB} MB`,
  ];
  if (metrics.initDurationMs !== undefined)
    fields.push(`Init Duration: ${metrics.initDurationMs.toFixed(2)} ms`);
  const status = statusFields(record);
  return [[...fields, ...(status.length === 0 ? [''] : status)].join('\t'), ...traceLines(tracing)];
}

function traceLines(tracing: Tracing | undefined): string[] {
  const { Parent = '', Root = '', Sampled } = traceFields(tracing?.value);
  return Sampled === '1' ? [`XRAY TraceId: ${Root}\tSegmentId: ${Parent}\tSampled: true\t`] : [];
}

function statusFields({ status, errorType }: { status: PhaseStatus; errorType?: string }): string[] {
  if (status === 'success') return [];
  if (status === 'timeout') return ['Status: timeout'];
  return ['Status: error', ...(errorType === undefined ? [] : [`Error Type: ${errorType}`])];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
