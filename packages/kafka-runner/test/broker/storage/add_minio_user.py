"""Adds a user to MinIO who may do what a policy says: URL ACCESS_KEY SECRET_KEY USER PASSWORD POLICY_JSON."""

import json
import sys
from urllib.parse import urlsplit

from minio import MinioAdmin
from minio.credentials import StaticProvider

url, access_key, secret_key, user, password, policy = sys.argv[1:]
admin = MinioAdmin(
    endpoint=urlsplit(url).netloc,
    credentials=StaticProvider(access_key, secret_key),
    secure=False,
)
admin.policy_add(f'policy-{user}', policy=json.loads(policy))
admin.user_add(user, password)
admin.attach_policy([f'policy-{user}'], user=user)
