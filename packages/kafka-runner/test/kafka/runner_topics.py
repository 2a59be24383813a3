"""The topics and the group of a runner, read with a client that is not ours."""

import base64
import json
import time

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError


class Topic:
    """All records of a topic so far."""

    def __init__(self, bootstrap, name, as_kept):
        self.records = []
        self.as_kept = as_kept
        self.reader = KafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=None,
            isolation_level='read_committed',
            max_partition_fetch_bytes=32 * 1024 * 1024,
        )
        ids = sorted(self.reader.partitions_for_topic(name) or [])
        self.partitions = [TopicPartition(name, partition) for partition in ids]
        # None, where the topic is not there.
        if self.partitions:
            self.reader.assign(self.partitions)
            self.reader.seek_to_beginning(*self.partitions)

    def begins(self):
        begins = self.reader.beginning_offsets(self.partitions)
        return {str(partition.partition): begin for partition, begin in begins.items()}

    def ends(self):
        ends = self.reader.end_offsets(self.partitions)
        return {str(partition.partition): end for partition, end in ends.items()}

    def read(self):
        ends = self.ends()
        while any(self.reader.position(partition) < ends[str(partition.partition)] for partition in self.partitions):
            for batch in self.reader.poll(timeout_ms=100).values():
                self.records.extend(self.as_kept(record) for record in batch)
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


def job_of_result(headers):
    """Which job a result is about: `job-topic`, `job-partition`, `job-offset`."""
    return headers['job-topic'], int(headers['job-partition']), int(headers['job-offset'])


def job_of_error(value):
    """Which job an error record is about; None when it is a log line or a mark of `retry`."""
    error = json.loads(value)
    return (error['topic'], error['partition'], error['offset']) if error['kind'] == 'job' else None


def positions(bootstrap, topic, group):
    """What a group (`-`: any) has committed of a topic: by partition, offset and metadata."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        groups = [found['group_id'] for found in admin.list_groups()] if group == '-' else [group]
        return {
            str(partition.partition): position
            for name in groups
            for partition, position in group_offsets(admin, name).items()
            if partition.topic == topic and position.offset >= 0
        }
    finally:
        admin.close()


def group_offsets(admin, group):
    """A broker that has just started, or whose first group this is, has no coordinator for a moment."""
    for _ in range(100):
        try:
            return admin.list_group_offsets(group).get(group, {})
        except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError):
            time.sleep(0.2)
    raise TimeoutError(f'no coordinator for the group {group}')
