#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubelet's part of starting pods: reads a Pod manifest (JSON or YAML) and asks a CRI runtime for it over gRPC.

The messages are encoded by hand, field by field, so that no generated code is needed. The numbers are those of
the CRI API, runtime.v1. What was started is kept in the state folder, one NAME.json a pod.
"""

import argparse
import json
import os
import sys
import time
import uuid

import grpc

POD, CONTAINER, NODE = 0, 1, 2
RUNTIME_DEFAULT, UNCONFINED, LOCALHOST = 0, 1, 2
EXITED = 2
MASKED = ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
          "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"]
READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


# ---- the wire format

def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def integer(field, value):
    """A number, a boolean or an enum; zero is the default and is not written."""
    return varint(field << 3) + varint(int(value)) if value else b""


def block(field, value):
    """Bytes, text or a nested message, written even when empty."""
    if isinstance(value, str):
        value = value.encode()
    return varint(field << 3 | 2) + varint(len(value)) + value


def text(field, value):
    return block(field, value) if value else b""


def texts(field, values):
    return b"".join(block(field, value) for value in values or [])


def integers(field, values):
    return block(field, b"".join(varint(value) for value in values)) if values else b""


def wrapped(field, value):
    """An Int64Value: absent and zero are two things."""
    return b"" if value is None else block(field, integer(1, value))


def mapping(field, values):
    return b"".join(block(field, text(1, key) + text(2, value)) for key, value in (values or {}).items())


def decode(data):
    """The fields of a message: number -> list of raw values."""
    fields, at = {}, 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = number()
        if key & 7 == 0:
            value = number()
        elif key & 7 == 2:
            size = number()
            value = data[at:at + size]
            at += size
        else:
            size = {1: 8, 5: 4}[key & 7]
            value = data[at:at + size]
            at += size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def first(fields, number, default=b""):
    return fields.get(number, [default])[0]


def decode_map(entries):
    pairs = (decode(entry) for entry in entries)
    return {first(pair, 1).decode(): first(pair, 2).decode() for pair in pairs}


# ---- what a kubelet says

def security(pod, container, key):
    """A container's own setting wins over its pod's."""
    value = (container.get("securityContext") or {}).get(key)
    return (pod.get("securityContext") or {}).get(key) if value is None else value


def seccomp_profile(profile):
    kind = (profile or {}).get("type", "Unconfined")
    number = {"RuntimeDefault": RUNTIME_DEFAULT, "Unconfined": UNCONFINED, "Localhost": LOCALHOST}[kind]
    return integer(1, number) + text(2, (profile or {}).get("localhostProfile"))


def namespaces(spec):
    pid = NODE if spec.get("hostPID") else POD if spec.get("shareProcessNamespace") else CONTAINER
    return (integer(1, NODE if spec.get("hostNetwork") else POD) + integer(2, pid)
            + integer(3, NODE if spec.get("hostIPC") else POD))


def groups(spec):
    context = spec.get("securityContext") or {}
    own = [context["fsGroup"]] if "fsGroup" in context else []
    return own + context.get("supplementalGroups", [])


def sandbox_config(pod, uid, cgroup_parent, log):
    meta, spec = pod["metadata"], pod["spec"]
    namespace = meta.get("namespace", "default")
    context = spec.get("securityContext") or {}
    privileged = any((c.get("securityContext") or {}).get("privileged") for c in spec["containers"])
    labels = dict(meta.get("labels") or {})
    labels.update({"io.kubernetes.pod.name": meta["name"], "io.kubernetes.pod.namespace": namespace,
                   "io.kubernetes.pod.uid": uid})
    annotations = dict(meta.get("annotations") or {})
    annotations.update({"kubernetes.io/config.seen": "1970-01-01T00:00:00Z", "kubernetes.io/config.source": "api"})
    limits = (namespaces(spec), wrapped(3, context.get("runAsUser")), integers(5, groups(spec)),
              integer(6, privileged), wrapped(8, context.get("runAsGroup")))
    secure = (block(1, limits[0]) + b"".join(limits[1:]) + block(9, integer(1, RUNTIME_DEFAULT)))
    sysctls = {item["name"]: str(item["value"]) for item in context.get("sysctls") or []}
    return (block(1, text(1, meta["name"]) + text(2, uid) + text(3, namespace))
            + text(2, "" if spec.get("hostNetwork") else spec.get("hostname", meta["name"]))
            + text(3, log) + mapping(6, labels) + mapping(7, annotations)
            + block(8, text(1, cgroup_parent) + block(2, secure) + mapping(3, sysctls)))


def container_config(pod, container, uid, log):
    meta, spec = pod["metadata"], pod["spec"]
    context = container.get("securityContext") or {}
    caps = context.get("capabilities") or {}
    privileged = bool(context.get("privileged"))
    unmasked = privileged or context.get("procMount") == "Unmasked"
    secure = (integer(2, privileged) + block(3, namespaces(spec))
              + wrapped(5, security(spec, container, "runAsUser"))
              + integer(7, context.get("readOnlyRootFilesystem"))
              + integers(8, groups(spec))
              + integer(11, context.get("allowPrivilegeEscalation") is False)
              + wrapped(12, security(spec, container, "runAsGroup"))
              + (b"" if unmasked else texts(13, MASKED) + texts(14, READONLY))
              + block(15, seccomp_profile(security(spec, container, "seccompProfile"))))
    if caps:
        secure = block(1, texts(1, caps.get("add")) + texts(2, caps.get("drop"))) + secure
    # A pod without requests is of class BestEffort: 1000, and the least share of the processor.
    linux = block(1, integer(3, 2) + integer(5, 1000)) + block(2, secure)
    labels = {"io.kubernetes.container.name": container["name"], "io.kubernetes.pod.name": meta["name"],
              "io.kubernetes.pod.namespace": meta.get("namespace", "default"), "io.kubernetes.pod.uid": uid}
    annotations = {"io.kubernetes.container.restartCount": "0",
                   "io.kubernetes.container.terminationMessagePath": "/dev/termination-log",
                   "io.kubernetes.pod.terminationGracePeriod": "30"}
    image = container["image"]
    if "/" not in image:
        image = "docker.io/library/" + image
    if ":" not in image.rsplit("/", 1)[1]:
        image += ":latest"
    envs = b"".join(block(6, text(1, env["name"]) + text(2, str(env.get("value", ""))))
                    for env in container.get("env") or [])
    return (block(1, text(1, container["name"])) + block(2, text(1, image)) + texts(3, container.get("command"))
            + texts(4, container.get("args")) + text(5, container.get("workingDir")) + envs
            + mapping(9, labels) + mapping(10, annotations) + text(11, os.path.basename(log)) + block(15, linux))


class Runtime:
    def __init__(self, options):
        self.state, self.cgroup_root = options.state, options.cgroup_root
        self.channel = grpc.insecure_channel("unix://" + os.path.abspath(options.socket), options=[
            ("grpc.default_authority", "localhost"), ("grpc.enable_http_proxy", 0)])

    def call(self, method, request, timeout=60):
        function = self.channel.unary_unary("/runtime.v1.RuntimeService/" + method,
                                            request_serializer=lambda message: message,
                                            response_deserializer=lambda message: message)
        return decode(function(request, timeout=timeout))

    def path(self, name):
        return os.path.join(self.state, name + ".json")

    def load(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return json.load(file)

    def save(self, record):
        with open(self.path(record["name"]), "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)

    def find(self, target):
        """POD or POD/CONTAINER: the container's ID; `POD/` is the sandbox's."""
        name, slash, container = target.partition("/")
        record = self.load(name)
        if slash and not container:
            return record["sandbox"]
        container = container or record["default"]
        return record["containers"][container]

    def start(self, pod):
        meta, spec = pod["metadata"], pod["spec"]
        uid = meta.get("uid") or str(uuid.uuid4())
        log = os.path.join(self.state, meta["name"] + ".log")
        os.makedirs(log, exist_ok=True)
        parent = f"{self.cgroup_root}/kubepods/besteffort/pod{uid}"
        config = sandbox_config(pod, uid, parent, log)
        # runtimeClassName names the runtime's handler.
        request = block(1, config) + text(2, spec.get("runtimeClassName"))
        sandbox = first(self.call("RunPodSandbox", request), 1).decode()
        default = (meta.get("annotations") or {}).get("kubectl.kubernetes.io/default-container")
        record = {"name": meta["name"], "namespace": meta.get("namespace", "default"), "uid": uid, "sandbox": sandbox,
                  "default": default or spec["containers"][0]["name"], "containers": {}}
        self.save(record)
        for container in (spec.get("initContainers") or []) + spec["containers"]:
            wanted = container_config(pod, container, uid, container["name"] + ".log")
            answer = self.call("CreateContainer", text(1, sandbox) + block(2, wanted) + block(3, config))
            record["containers"][container["name"]] = first(answer, 1).decode()
            self.save(record)
            self.call("StartContainer", text(1, record["containers"][container["name"]]))
            # One of initContainers runs alone, to its end, unless it is a sidecar.
            if container not in spec["containers"] and container.get("restartPolicy") != "Always":
                self.wait_for_end(record["containers"][container["name"]])

    def wait_for_end(self, container):
        deadline = time.monotonic() + 60
        while first(decode(first(self.call("ContainerStatus", text(1, container)), 1)), 3, 0) != EXITED:
            if time.monotonic() > deadline:
                raise ValueError("an init container does not end")
            time.sleep(0.05)

    def target(self, target):
        """What a person would write: NAMESPACE/POD, with the container where the pod has several."""
        name, _, container = target.partition("/")
        record = self.load(name)
        pod = record["namespace"] + "/" + name
        if not container and len(record["containers"]) == 1:
            return pod
        return pod + "/" + (container or record["default"])

    def pid(self, target):
        name, slash, container = target.partition("/")
        sandbox = bool(slash) and not container
        method = "PodSandboxStatus" if sandbox else "ContainerStatus"
        answer = self.call(method, text(1, self.find(target)) + integer(2, True))
        return json.loads(decode_map(answer.get(2, []))["info"])["pid"]

    def execute(self, target, command, timeout):
        answer = self.call("ExecSync", text(1, self.find(target)) + texts(2, command) + integer(3, timeout),
                           timeout=timeout + 30)
        sys.stdout.buffer.write(first(answer, 1))
        sys.stdout.buffer.flush()
        sys.stderr.buffer.write(first(answer, 2))
        return first(answer, 3, 0)

    def stop(self, name):
        record = self.load(name)
        self.call("StopPodSandbox", text(1, record["sandbox"]))
        self.call("RemovePodSandbox", text(1, record["sandbox"]))
        os.unlink(self.path(name))

    def names(self):
        return sorted(entry[:-5] for entry in os.listdir(self.state) if entry.endswith(".json"))


def read_manifest(path):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    if source.lstrip().startswith("{"):
        return json.loads(source)
    import yaml  # only for manifests that are YAML
    return yaml.safe_load(source)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--cgroup-root", default="")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("start")
    verb.add_argument("--name")
    verb.add_argument("file")
    verb = verbs.add_parser("exec")
    verb.add_argument("--timeout", type=int, default=60)
    verb.add_argument("target")
    verb.add_argument("command", nargs=argparse.REMAINDER)
    for name in ("pid", "id", "target", "halt"):
        verbs.add_parser(name).add_argument("target")
    verb = verbs.add_parser("stop")
    verb.add_argument("--all", action="store_true")
    verb.add_argument("name", nargs="?")
    verbs.add_parser("ready")
    verbs.add_parser("list")
    return parser.parse_args()


def run(options):
    runtime = Runtime(options)
    if options.verb == "ready":
        # RuntimeCondition: type 1, status 2; both RuntimeReady and NetworkReady must hold.
        status = decode(first(runtime.call("Status", b"", timeout=5), 1))
        return 0 if all(first(decode(item), 2, 0) for item in status.get(1, [])) else 1
    if options.verb == "start":
        pod = read_manifest(options.file)
        if options.name:
            pod["metadata"]["name"] = options.name
        runtime.start(pod)
    elif options.verb == "exec":
        return runtime.execute(options.target, options.command, options.timeout)
    elif options.verb == "pid":
        print(runtime.pid(options.target))
    elif options.verb == "id":
        print(runtime.find(options.target))
    elif options.verb == "target":
        print(runtime.target(options.target))
    elif options.verb == "halt":
        method = "StopPodSandbox" if options.target.endswith("/") else "StopContainer"
        runtime.call(method, text(1, runtime.find(options.target)))
    elif options.verb == "stop":
        for name in runtime.names() if options.all else [options.name]:
            runtime.stop(name)
    elif options.verb == "list":
        print("\n".join(runtime.names()))
    return 0


def main():
    try:
        return run(arguments())
    except grpc.RpcError as error:
        print(f"cri: {error.code().name}: {error.details()}", file=sys.stderr)
    except (OSError, KeyError, ValueError) as error:
        print(f"cri: {type(error).__name__}: {error}", file=sys.stderr)
    return 125


if __name__ == "__main__":
    sys.exit(main())
