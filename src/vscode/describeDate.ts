/** `2026-01-03 14:05` in local time, from ISO 8601; the text as it is when it is no date. */
export function describeDate(created: string): string {
  // Lambda writes the zone without a colon.
  const date = new Date(created.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(date.getTime())) return created;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
