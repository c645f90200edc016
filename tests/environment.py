"""The environment of every test run, set before Django reads its settings."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="consultation-tests-"))
os.environ["SAMPLE_DATA"] = "1"
os.environ["DEBUG"] = "0"
