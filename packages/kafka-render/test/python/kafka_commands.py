"""kafka-python, current or 2.0.2, as the client at the other end: kafka_commands.py BOOTSTRAP_SERVER..."""

import base64
import sys
import time

import kafka
from answers import answer_commands
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

SERVERS = sys.argv[1:]
LARGEST_REQUEST = 64 * 1024 * 1024
# What a transaction was to write that was given up is nobody's to read; 2.0.2 knows nothing of it.
COMMITTED = {'isolation_level': 'read_committed'} if 'isolation_level' in KafkaConsumer.DEFAULT_CONFIG else {}


def send(topic, values, key=None, partition=None):
    """Sends values (base64; None for a null value), in order; returns their offsets."""
    producer = KafkaProducer(bootstrap_servers=SERVERS, max_request_size=LARGEST_REQUEST, retries=0)
    try:
        key = None if key is None else key.encode()
        values = [None if value is None else base64.b64decode(value) for value in values]
        futures = [producer.send(topic, value, key=key, partition=partition) for value in values]
        return [future.get(timeout=30).offset for future in futures]
    finally:
        producer.close()


def read(topics, count, timeout_seconds):
    """Everything that is in the topics, as soon as that are `count` records: {topic: [record]}."""
    consumer = KafkaConsumer(bootstrap_servers=SERVERS, enable_auto_commit=False, **COMMITTED)
    try:
        partitions = [TopicPartition(topic, number) for topic in topics for number in partitions_of(consumer, topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        found = {topic: [] for topic in topics}
        give_up_at = time.monotonic() + timeout_seconds
        while sum(map(len, found.values())) < count or not at_end(consumer, partitions):
            if time.monotonic() > give_up_at:
                raise TimeoutError(f'not {count} records within {timeout_seconds} s, but {found}')
            for records in consumer.poll(timeout_ms=100).values():
                for record in records:
                    found[record.topic].append(described(record))
        return found
    finally:
        consumer.close()


def partitions_of(consumer, topic):
    partitions = consumer.partitions_for_topic(topic)
    if not partitions:
        raise LookupError(f'no topic {topic}')
    return sorted(partitions)


def at_end(consumer, partitions):
    ends = consumer.end_offsets(partitions)
    return all(consumer.position(partition) >= ends[partition] for partition in partitions)


def described(record):
    return {
        'topic': record.topic,
        'partition': record.partition,
        'offset': record.offset,
        'timestamp': record.timestamp,
        'key': None if record.key is None else record.key.decode(),
        'value': None if record.value is None else record.value.decode(),
        'headers': {name: value.decode() for name, value in record.headers},
    }


def committed(group, topic):
    """The offset that the group has committed for each partition of the topic, None where it has none."""
    consumer = KafkaConsumer(bootstrap_servers=SERVERS, group_id=group, enable_auto_commit=False)
    try:
        return [consumer.committed(TopicPartition(topic, number)) for number in partitions_of(consumer, topic)]
    finally:
        consumer.close()


def groups(topic):
    """The groups that have committed anything for the topic; with the current client only."""
    admin = kafka.KafkaAdminClient(bootstrap_servers=SERVERS)
    try:
        names = [group['group_id'] for group in admin.list_groups()]
        offsets = admin.list_group_offsets(names) if names else {}
        return [name for name, committed in offsets.items() if any(at.topic == topic for at in committed)]
    finally:
        admin.close()


answer_commands({'send': send, 'read': read, 'committed': committed, 'groups': groups})
