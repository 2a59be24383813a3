"""An old program that orders frames and another one that reads what became of them, in one file.

order_frames.py BOOTSTRAP_SERVER JOBS_TOPIC RESULTS_TOPIC ERRORS_TOPIC SCENE_PATH OUTPUT_LOCATION

Sends a good and a bad job, each encoded once and encoded twice, and prints what it understood of the four answers.
"""

import json
import sys
import time

import kafka

SERVER, JOBS, RESULTS, ERRORS, SCENE_PATH, OUTPUT_LOCATION = sys.argv[1:]

# What the wire contract allows and JSON libraries like to change.
DETAILS = {
    'client': 'Käfer 🐞 \u2028 "quoted" \\ /',
    'nested': {'list': [1, 2.5, -0.125, None, True, [], {}], '': 'no name', '__proto__': {'polluted': True}},
    'big': [2**53 + 1, 2**64, -(2**63), 10**30],
    'small': [1e-300, 1.7976931348623157e308, 0.1],
}


def main():
    producer = kafka.KafkaProducer(
        bootstrap_servers=[SERVER], value_serializer=lambda value: json.dumps(value).encode('utf-8')
    )
    ordered = {}
    for number, encode in enumerate((lambda job: job, json.dumps)):
        good, bad = job(2**63 + number), {**job(number), 'numFrames': 0}
        for each in (good, bad):
            offset = producer.send(JOBS, encode(each)).get(timeout=30).offset
            ordered[offset] = each
    producer.close()
    results = read(RESULTS, count=2)
    errors = read(ERRORS, count=2)
    for offset, each in ordered.items():
        check_error(errors[offset], offset, each) if each['numFrames'] == 0 else check_result(results[offset], each)
    print(kafka.__version__, 'understood', len(results), 'results and', len(errors), 'errors')


def job(job_id):
    return {
        'jobId': job_id,
        'timestamp': time.time(),
        'scenePath': SCENE_PATH,
        'startFrame': 7,
        'numFrames': 1,
        'useGPU': False,
        'outputLocation': f'{OUTPUT_LOCATION}/{job_id}',
        **DETAILS,
    }


def read(topic, count):
    """Values by the offset of the job that they are about, as a header says; no more than `count`."""
    consumer = kafka.KafkaConsumer(
        topic,
        bootstrap_servers=[SERVER],
        auto_offset_reset='earliest',
        consumer_timeout_ms=1000,
        value_deserializer=lambda value: json.loads(value.decode('utf-8')),
    )
    found, give_up_at = {}, time.monotonic() + 60
    while len(found) < count and time.monotonic() < give_up_at:
        for record in consumer:
            offset = int(dict(record.headers)['job-offset'])
            assert offset not in found, f'two answers to the job at {offset}'
            found[offset] = record.value
    consumer.close()
    assert len(found) == count, f'{count} records are due on {topic}, there are {found}'
    return found


def check_result(result, ordered):
    assert set(result) == {'renderJob', 'timestamp', 'elapsedTime'}, result
    assert result['renderJob'] == ordered, (result['renderJob'], ordered)
    assert type(result['renderJob']['jobId']) is int
    assert ordered['timestamp'] < result['timestamp'] <= time.time()
    assert 0 < result['elapsedTime'] < result['timestamp'] - ordered['timestamp']


def check_error(record, offset, ordered):
    assert (record['kind'], record['code']) == ('job', 'schema-invalid'), record
    assert (record['topic'], record['partition'], record['offset']) == (JOBS, 0, offset), record
    for name in ('jobId', 'scenePath', 'outputLocation'):
        assert record[name] == ordered[name], (record, ordered)
    value = json.loads(record['value'])
    assert (json.loads(value) if isinstance(value, str) else value) == ordered, record


main()
