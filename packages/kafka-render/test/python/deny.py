"""Denies everybody one operation on something, and allows all others: deny.py BOOTSTRAP TOPIC|GROUP|TRANSACTIONAL_ID NAME OPERATION."""

import sys

from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

bootstrap, kind, name, operation = sys.argv[1:]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
resource = ResourcePattern(ResourceType[kind], name)
acls = [
    ACL('User:*', '*', ACLOperation.ALL, ACLPermissionType.ALLOW, resource),
    ACL('User:*', '*', ACLOperation[operation], ACLPermissionType.DENY, resource),
]
faults = admin.create_acls(acls)['failed']
if faults:
    sys.exit(str(faults))
