/** Whether a function reference is the ARN of a deployed function, with or without a qualifier. */
export function isFunctionArn(reference: string): boolean {
  return /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]+(:[a-zA-Z0-9-_$]+)?$/.test(
    reference,
  );
}
