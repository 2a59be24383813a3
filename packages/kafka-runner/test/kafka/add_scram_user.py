"""Gives a user a SCRAM-SHA-256 password: BOOTSTRAP USER PASSWORD."""

import sys

from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

bootstrap, user, password = sys.argv[1:]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
upsertion = UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_256, password, 4096)
faults = admin.alter_user_scram_credentials([upsertion])
if any(faults.values()):
    sys.exit(str(faults))
