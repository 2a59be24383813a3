"""The minio package as the client at the other end: minio_commands.py URL ACCESS_KEY SECRET_KEY."""

import base64
import io
import json
import sys
from urllib.parse import urlsplit

from answers import answer_commands
from minio import Minio, MinioAdmin
from minio.credentials import StaticProvider

URL, ACCESS_KEY, SECRET_KEY = sys.argv[1:]
ENDPOINT = urlsplit(URL).netloc
SECURE = URL.startswith('https:')  # SSL_CERT_FILE names its authorities
client = Minio(ENDPOINT, access_key=ACCESS_KEY, secret_key=SECRET_KEY, secure=SECURE)


def make_bucket(bucket):
    client.make_bucket(bucket)


def has_bucket(bucket):
    return client.bucket_exists(bucket)


def put(bucket, key, file, metadata=None):
    client.fput_object(bucket, key, file, metadata=metadata)


def put_many(bucket, keys):
    """Small objects that have nothing to do with anybody's job."""
    for key in keys:
        client.put_object(bucket, key, io.BytesIO(b'foreign'), 7)


def remove(bucket, key):
    client.remove_object(bucket, key)


def stat(bucket, key):
    """An object's size, its ETag, its user metadata and when it was written."""
    found = client.stat_object(bucket, key)
    metadata = {
        name[11:].lower(): value for name, value in found.metadata.items() if name.lower().startswith('x-amz-meta-')
    }
    modified = found.last_modified.timestamp()
    return {'size': found.size, 'etag': found.etag, 'modified': modified, 'metadata': metadata}


def keys(bucket, prefix=''):
    """All keys below a prefix, sorted by the server."""
    return [item.object_name for item in client.list_objects(bucket, prefix, recursive=True)]


def get(bucket, key):
    """An object's content (base64) and media type."""
    response = client.get_object(bucket, key)
    try:
        return {'content': base64.b64encode(response.read()).decode(), 'contentType': response.headers['Content-Type']}
    finally:
        response.close()
        response.release_conn()


def add_user(name, password, policy):
    """A user who may do what the policy says."""
    admin = MinioAdmin(endpoint=ENDPOINT, credentials=StaticProvider(ACCESS_KEY, SECRET_KEY), secure=SECURE)
    admin.policy_add(name, policy=json.loads(policy))
    admin.user_add(name, password)
    admin.attach_policy([name], user=name)


answer_commands(
    {
        'make_bucket': make_bucket,
        'has_bucket': has_bucket,
        'put': put,
        'put_many': put_many,
        'remove': remove,
        'stat': stat,
        'keys': keys,
        'get': get,
        'add_user': add_user,
    }
)
