"""Forbids everybody to write to a topic, or takes that back: BOOTSTRAP TOPIC yes|no."""

import sys

from kafka.admin import ACL, ACLFilter, ACLOperation, ACLPermissionType, KafkaAdminClient, ResourcePattern, ResourceType

bootstrap, topic, is_allowed = sys.argv[1:]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
everybody = {'principal': 'User:*', 'host': '*'}
pattern = ResourcePattern(ResourceType.TOPIC, topic)
rules = [(ACLOperation.ALL, ACLPermissionType.ALLOW), (ACLOperation.WRITE, ACLPermissionType.DENY)]
if is_allowed == 'no':
    done = admin.create_acls(
        [ACL(operation=o, permission_type=p, resource_pattern=pattern, **everybody) for o, p in rules]
    )
    failed = done['failed']
else:
    filters = [ACLFilter(operation=o, permission_type=p, resource_pattern=pattern, **everybody) for o, p in rules]
    failed = [error for _, _, error in admin.delete_acls(filters) if error.errno != 0]
if failed:
    sys.exit(str(failed))
