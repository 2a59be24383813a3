"""Gives a user one password for SCRAM-SHA-256 and SCRAM-SHA-512: BOOTSTRAP USER PASSWORD."""

import sys

from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

bootstrap, user, password = sys.argv[1:]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
    upsertion = UserScramCredentialUpsertion(user, mechanism, password, 4096)
    faults = admin.alter_user_scram_credentials([upsertion])
    if any(faults.values()):
        sys.exit(str(faults))
