# What openstacksdk makes of each case: reads a list of cases as JSON, prints a list of answers. Each case has a process of its own, for
# openstacksdk looks at the working directory and the home when it is loaded.
import importlib
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
import openstack.version  # noqa: E402
from keystoneauth1 import loading  # noqa: E402,F401
from openstack.config import loader  # noqa: E402


def resolve(case):
    os.chdir(case["cwd"])
    os.environ.clear()
    os.environ.update(case["env"])
    importlib.reload(loader)
    wanted = {"region_name": case["region"]} if case.get("region") else {}
    region = loader.OpenStackConfig().get_one(cloud=case.get("cloud"), **wanted)
    verify, cert = region.get_requests_verify_args()
    cert, key = cert if isinstance(cert, tuple) else (cert, None)
    session = region.get_session()
    session.get_token()

    def address(service):
        try:
            return region.get_session_endpoint(service)
        except Exception:
            return None

    interface = region.get_interface() or ""
    return {
        "region": region.get_region_name() or None,
        "interface": interface[:-3] if interface.endswith("URL") else interface,
        "verify": bool(verify),
        "cacert": verify if isinstance(verify, str) else None,
        "cert": cert,
        "key": key,
        "compute": address("compute"),
        "image": address("image"),
    }


def in_a_process_of_its_own(case):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            answer = resolve(case)
        except BaseException as error:
            answer = {"refused": f"{type(error).__name__}: {error}"}
        with os.fdopen(writing, "w") as out:
            json.dump(answer, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answered:
        text = answered.read()
    os.waitpid(pid, 0)
    return json.loads(text)


cases = json.load(sys.stdin)
json.dump(
    {"version": openstack.version.__version__, "answers": [in_a_process_of_its_own(case) for case in cases]},
    sys.stdout,
)
