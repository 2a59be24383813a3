"""Counts the records of an error topic by their kind: error_kinds.py BOOTSTRAP_SERVERS TOPIC

What is no JSON is counted by its bytes in hexadecimal digits.
"""

import json
import sys
import time
from collections import Counter

import kafka

SERVERS, TOPIC = sys.argv[1:]
PATIENCE_SECONDS = 60


def kind_of(value):
    try:
        return json.loads(value.decode('utf-8'))['kind']
    except ValueError:
        return value.hex()


consumer = kafka.KafkaConsumer(bootstrap_servers=SERVERS.split(','), enable_auto_commit=False)
partitions = [kafka.TopicPartition(TOPIC, number) for number in consumer.partitions_for_topic(TOPIC)]
consumer.assign(partitions)
consumer.seek_to_beginning()
ends = consumer.end_offsets(partitions)
kinds = Counter()
give_up_at = time.monotonic() + PATIENCE_SECONDS
while any(consumer.position(partition) < ends[partition] for partition in partitions):
    if time.monotonic() > give_up_at:
        raise TimeoutError(f'not at {ends} within {PATIENCE_SECONDS} s')
    for records in consumer.poll(timeout_ms=100).values():
        kinds.update(kind_of(record.value) for record in records)
consumer.close()
print(json.dumps({'version': kafka.__version__, 'kinds': kinds}))
