"""Reconciles a runner's jobs with their terminal records, with a client that is not ours; prints JSON.

audit.py BOOTSTRAP IN_TOPIC OUT_TOPIC ERROR_TOPIC GROUP UNTIL SECONDS

UNTIL `over`: waits until each job has a terminal record and everything is committed. UNTIL `positions`: takes what is
committed first, then waits until each job that it calls finished has a terminal record that was written before, for one
that is written later comes too late. Nobody who reads committed records sees beyond a transaction that a dead worker
left open, so that this may take as long as its time-out. Both wait until the time is over at most, and then tell what
there is.
"""

import json
import re
import sys
import time

from runner_topics import Topic, job_of_error, job_of_result, positions


def as_job(record):
    return record.topic, record.partition, record.offset, record.timestamp


def as_result(record):
    headers = {name: value.decode('utf-8') for name, value in record.headers if name.startswith('job-')}
    return (*job_of_result(headers), record.timestamp, 'result')


def as_error(record):
    job = job_of_error(record.value)
    return None if job is None else (*job, record.timestamp, 'error')


def beyond(metadata):
    """The finished offsets that the metadata of a position names, relative to it: `v1 d2,5-9 a0x1!`, base 36."""
    # Our client ends the text with a zero byte, as C does.
    for field in re.findall(r'(?:^| )d(\S+)', (metadata or '').rstrip('\0')):
        for part in field.split(','):
            first, _, last = part.partition('-')
            yield from range(int(first, 36), int(last or first, 36) + 1)


def finished_by(jobs, committed):
    """The jobs that a group's positions call finished."""
    named = {name: set(beyond(position.metadata)) for name, position in committed.items()}
    return {
        (topic, partition, offset)
        for topic, partition, offset, _ in jobs
        for position in [committed.get(str(partition))]
        if position is not None
        if offset < position.offset or offset - position.offset in named[str(partition)]
    }


def audit(bootstrap, in_topic, out_topic, error_topic, group, until, seconds):
    give_up_at = time.monotonic() + float(seconds)
    jobs = Topic(bootstrap, in_topic, as_job)
    results, errors = Topic(bootstrap, out_topic, as_result), Topic(bootstrap, error_topic, as_error)
    committed = positions(bootstrap, in_topic, group)
    looked_ms = time.time() * 1_000
    while True:
        terminals = results.read() + [error for error in errors.read() if error]
        ended = {terminal[:3] for terminal in terminals if until == 'over' or terminal[3] <= looked_ms}
        if until == 'positions':
            is_enough = finished_by(jobs.read(), committed) <= ended
        else:
            is_enough = {job[:3] for job in jobs.read()} <= ended
            committed = positions(bootstrap, in_topic, group)
            used = {partition: end for partition, end in jobs.ends().items() if end > 0}
            is_enough = is_enough and {name: position.offset for name, position in committed.items()} == used
        if is_enough or time.monotonic() > give_up_at:
            break
        time.sleep(0.1)
    begins = jobs.begins()
    return {
        'jobs': jobs.records,
        # Of jobs that retention has eaten nothing can be said.
        'terminals': [terminal for terminal in terminals if terminal[2] >= begins.get(str(terminal[1]), 0)],
        'unfinished': sorted(finished_by(jobs.records, committed) - ended),
        'ends': jobs.ends(),
        'committed': {
            partition: {'offset': position.offset, 'metadata': position.metadata}
            for partition, position in committed.items()
        },
    }


bootstrap, *args = sys.argv[1:]
print(json.dumps(audit(bootstrap.split(','), *args)))
