import { MissingTopicError, TopicReader } from 'kafka-runner';
import type { Cluster } from '../cluster.ts';
import { finding, ok, warning, wrong, type Finding } from './finding.ts';

/** A topic, and what has to be allowed on it. */
export interface NeededTopic {
  readonly role: string;
  readonly topic: string | undefined;
  /** Where it is named. */
  readonly setting: string;
  readonly rights: readonly string[];
  /** Off unless named, or made by the first error: not having it is no fault. */
  readonly mayBeMissing: 'unnamed' | 'not there yet' | 'no';
}

export async function checkKafka(
  cluster: Cluster,
  groupId: string | undefined,
  topics: readonly NeededTopic[],
): Promise<readonly Finding[]> {
  return await finding('kafka', async () => {
    await using reader = await TopicReader.connect({ ...cluster, groupId });
    const findings = [ok('kafka', `a broker answers at ${cluster.client.bootstrapServers.join(', ')}`)];
    for (const topic of topics) findings.push(...(await checkTopic(reader, topic)));
    const [input] = topics;
    if (groupId !== undefined && input?.topic !== undefined) {
      findings.push(...(await checkGroup(reader, groupId, input.topic)));
    }
    return findings;
  });
}

async function checkTopic(reader: TopicReader, needed: NeededTopic): Promise<readonly Finding[]> {
  const { role, topic, setting, rights, mayBeMissing } = needed;
  const check = `${role} topic`;
  if (topic === undefined) {
    if (mayBeMissing === 'unnamed') return [ok(check, 'none is named')];
    return [wrong(check, 'none is named', `name it: ${setting}`)];
  }
  const look = async (): Promise<Finding> => {
    const partitions = (await reader.ranges(topic)).length;
    const allowed = await reader.rights(topic);
    const missing = rights.filter((right) => !allowed.includes(right));
    const found = `${topic}, ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`;
    if (missing.length === 0) return ok(check, found);
    return wrong(
      check,
      `${found}: not allowed to ${missing.join(' and ')}`,
      `give this user ${missing.join(' and ')} on it`,
    );
  };
  return await finding(check, async () => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof MissingTopicError) || mayBeMissing !== 'not there yet') throw error;
      return warning(
        check,
        `there is no topic ${topic} yet`,
        'the first error makes it; if there should be one, check the name',
      );
    }
  });
}

async function checkGroup(reader: TopicReader, groupId: string, inTopic: string): Promise<readonly Finding[]> {
  return await finding('group', async () => {
    const ranges = await reader.ranges(inTopic);
    const known = (await reader.committed(ranges)).filter((position) => position !== undefined).length;
    return ok('group', `${groupId} has positions on ${known} of ${ranges.length} partitions of ${inTopic}`);
  });
}
