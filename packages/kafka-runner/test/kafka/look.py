"""Looks at a runner's topics and group with a client that is not ours; prints JSON.

look.py BOOTSTRAP IN_TOPIC OUT_TOPIC ERROR_TOPIC GROUP COUNT SECONDS

Waits until there are COUNT results and error records of kind job together (`all`: at least one for each job), or until
the time is over. GROUP `-`: whatever any group has committed.
"""

import base64
import json
import sys
import time

from runner_topics import Topic, as_json, job_of_error, job_of_result, positions


def jobs_of_errors(records):
    jobs = [job_of_error(base64.b64decode(record['value'])) for record in records]
    return [job for job in jobs if job is not None]


def is_enough(count, jobs, terminals):
    if count != 'all':
        return len(terminals) >= int(count)
    return {(job['topic'], job['partition'], job['offset']) for job in jobs} <= set(terminals)


def look(bootstrap, in_topic, out_topic, error_topic, group, count, seconds):
    give_up_at = time.monotonic() + float(seconds)
    jobs, results, errors = (Topic(bootstrap, name, as_json) for name in (in_topic, out_topic, error_topic))
    while True:
        terminals = [job_of_result(record['headers']) for record in results.read()] + jobs_of_errors(errors.read())
        if is_enough(count, jobs.read(), terminals) or time.monotonic() > give_up_at:
            break
        time.sleep(0.05)
    committed = positions(bootstrap, in_topic, group)
    return {
        'jobs': jobs.read(),
        'results': results.read(),
        'errors': errors.read(),
        'ends': jobs.ends(),
        'committed': {partition: position.offset for partition, position in committed.items()},
    }


bootstrap, *args = sys.argv[1:]
print(json.dumps(look(bootstrap.split(','), *args)))
