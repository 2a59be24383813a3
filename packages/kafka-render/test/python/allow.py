"""Allows a user one operation: allow.py BOOTSTRAP User:NAME OPERATION TOPIC|GROUP|TRANSACTIONAL_ID NAME LITERAL|PREFIXED ..."""

import sys

from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

bootstrap, *rights = sys.argv[1:]
acls = []
while rights:
    principal, operation, kind, name, pattern, *rights = rights
    resource = ResourcePattern(ResourceType[kind], name, ACLResourcePatternType[pattern])
    acls.append(ACL(principal, '*', ACLOperation[operation], ACLPermissionType.ALLOW, resource))
faults = KafkaAdminClient(bootstrap_servers=bootstrap).create_acls(acls)['failed']
if faults:
    sys.exit(str(faults))
