import { pickRegion } from '../account/pickPlace.ts';
import { settingIds } from '../manifest.ts';
import { back } from '../questions/ask.ts';
import { awsSetting, writeAwsSetting } from './selectProfile.ts';

/** Run by hand it asks; a program names the region, `''` for that of the profile. */
export interface SelectRegionOptions {
  readonly region: string;
}

/** Chooses the region of the settings. @returns it, or `undefined` when nothing was chosen */
export async function selectRegion(options?: SelectRegionOptions): Promise<string | undefined> {
  const current = { profile: awsSetting(settingIds.awsProfile), region: awsSetting(settingIds.awsRegion) };
  const picked = options === undefined ? await pickRegion(current) : { value: options.region };
  if (picked === undefined || picked === back) return undefined;
  const region = picked.value ?? '';
  await writeAwsSetting(settingIds.awsRegion, region);
  return region;
}
