"""Every committed record of topics, byte for byte: raw_records.py BOOTSTRAP_SERVERS TOPIC..."""

import base64
import json
import sys
import time

from kafka import KafkaConsumer, TopicPartition

SERVERS, *TOPICS = sys.argv[1:]
PATIENCE_SECONDS = 60


def encoded(content):
    return None if content is None else base64.b64encode(content).decode()


def described(record):
    return {
        'topic': record.topic,
        'partition': record.partition,
        'offset': record.offset,
        'key': encoded(record.key),
        'value': encoded(record.value),
        'headers': [[name, encoded(value)] for name, value in record.headers],
    }


consumer = KafkaConsumer(
    bootstrap_servers=SERVERS.split(','), enable_auto_commit=False, isolation_level='read_committed'
)
partitions = [TopicPartition(topic, number) for topic in TOPICS for number in consumer.partitions_for_topic(topic)]
consumer.assign(partitions)
consumer.seek_to_beginning()
ends = consumer.end_offsets(partitions)
records = []
give_up_at = time.monotonic() + PATIENCE_SECONDS
while any(consumer.position(partition) < ends[partition] for partition in partitions):
    if time.monotonic() > give_up_at:
        raise TimeoutError(f'not at {ends} within {PATIENCE_SECONDS} s')
    for found in consumer.poll(timeout_ms=100).values():
        records.extend(described(record) for record in found)
consumer.close()
print(json.dumps(records))
