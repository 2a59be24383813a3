"""Changes a topic of one partition as an operator does.

BOOTSTRAP TOPIC recreate | delete-records BEFORE (-1: all) | set-position GROUP OFFSET
"""

import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError

bootstrap, topic, change, *args = sys.argv[1:]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
if change == 'delete-records':
    admin.delete_records({TopicPartition(topic, 0): int(args[0])}, timeout_ms=10_000)
elif change == 'set-position':
    group, offset = args
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.commit({partition: OffsetAndMetadata(int(offset), '', -1)})
    consumer.close()
else:
    admin.delete_topics([topic])
    give_up_at = time.monotonic() + 20
    while True:
        try:
            admin.create_topics([NewTopic(topic, 1, 1)])
            break
        except TopicAlreadyExistsError:
            # It is deleted a moment after the answer; a worker that asks for it may have made it again already.
            if time.monotonic() > give_up_at:
                break
            time.sleep(0.2)
