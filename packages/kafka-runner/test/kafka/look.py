"""Looks at a runner's topics and group with a client that is not ours; prints JSON.

look.py BOOTSTRAP IN_TOPIC OUT_TOPIC ERROR_TOPIC GROUP COUNT SECONDS

Waits until there are COUNT results and error records of kind job together (`all`: at least one for each job), or until
the time is over. GROUP `-`: whatever any group has committed.
"""

import base64
import json
import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition


class Topic:
    """All records of a topic so far."""

    def __init__(self, bootstrap, name):
        self.records = []
        self.reader = KafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=None,
            isolation_level='read_committed',
            max_partition_fetch_bytes=32 * 1024 * 1024,
        )
        ids = sorted(self.reader.partitions_for_topic(name) or [])
        self.partitions = [TopicPartition(name, partition) for partition in ids]
        self.reader.assign(self.partitions)
        self.reader.seek_to_beginning(*self.partitions)

    def ends(self):
        ends = self.reader.end_offsets(self.partitions)
        return {str(partition.partition): end for partition, end in ends.items()}

    def read(self):
        ends = self.ends()
        while any(self.reader.position(partition) < ends[str(partition.partition)] for partition in self.partitions):
            for batch in self.reader.poll(timeout_ms=100).values():
                self.records.extend(as_json(record) for record in batch)
        return self.records


def as_json(record):
    return {
        'topic': record.topic,
        'partition': record.partition,
        'offset': record.offset,
        'timestampMs': record.timestamp,
        'key': as_base64(record.key),
        'value': as_base64(record.value),
        'headers': {name: value.decode('utf-8') for name, value in record.headers},
    }


def as_base64(value):
    return None if value is None else base64.b64encode(value).decode('ascii')


def job_of_result(record):
    headers = record['headers']
    return headers['job-topic'], int(headers['job-partition']), int(headers['job-offset'])


def jobs_of_errors(records):
    values = [json.loads(base64.b64decode(record['value'])) for record in records]
    return [(value['topic'], value['partition'], value['offset']) for value in values if value['kind'] == 'job']


def is_enough(count, jobs, terminals):
    if count != 'all':
        return len(terminals) >= int(count)
    return {(job['topic'], job['partition'], job['offset']) for job in jobs} <= set(terminals)


def committed(bootstrap, topic, group):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    groups = [found['group_id'] for found in admin.list_groups()] if group == '-' else [group]
    return {
        str(partition.partition): position.offset
        for name in groups
        for partition, position in admin.list_group_offsets(name).get(name, {}).items()
        if partition.topic == topic and position.offset >= 0
    }


def look(bootstrap, in_topic, out_topic, error_topic, group, count, seconds):
    give_up_at = time.monotonic() + float(seconds)
    jobs, results, errors = (Topic(bootstrap, name) for name in (in_topic, out_topic, error_topic))
    while True:
        terminals = [job_of_result(record) for record in results.read()] + jobs_of_errors(errors.read())
        if is_enough(count, jobs.read(), terminals) or time.monotonic() > give_up_at:
            break
        time.sleep(0.05)
    return {
        'jobs': jobs.read(),
        'results': results.read(),
        'errors': errors.read(),
        'ends': jobs.ends(),
        'committed': committed(bootstrap, in_topic, group),
    }


bootstrap, *args = sys.argv[1:]
print(json.dumps(look(bootstrap.split(','), *args)))
