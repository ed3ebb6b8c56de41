"""What is measured. Each measure tries the settings, keeps the best of each peer, then takes rounds A B C A B C."""
import functools
import json
import statistics

import settings
from imnet import Bench
from processes import Failed, Server, child_command, succeed

TRIAL_FILES = {"small": 48, "large": 8}
MEMORY_FILES = {"small": 64, "large": 16}
MORE_IS_BETTER = {"throughput": True, "latency": False}


class Comparison:
    def __init__(self, options, folder, imnet, record, cpus):
        self.options, self.folder, self.imnet, self.record, self.cpus = options, folder, imnet, record, cpus
        self.files = {kind: sorted((folder / kind).rglob("*.jpg")) for kind in ("small", "large")}
        self.parts = {kind: sorted((folder / kind).iterdir()) for kind in ("small", "large")}
        self.reference = imnet.reference
        self.best_for_files = {}

    def job(self, peer, precision, setting, cpus=None):
        return {"peer": peer, "precision": precision, "setting": setting, "cpus": cpus or self.cpus,
                "folder": str(self.folder)}

    def server(self, peer, precision, setting, cpus=None):
        return Server(self.job(peer, precision, setting, cpus), self.options.timeout)

    def rounds(self, key, contestants, sample, unit):
        """contestants: name -> (setting, what is tried, thing); sample(name, thing, round) -> samples."""
        taken = {name: [] for name in contestants}
        for number in range(self.options.rounds):
            for name in list(contestants):
                try:
                    self.record.within_time()
                    taken[name].append(sample(name, contestants[name][2], number))
                except Failed as failure:
                    self.record.skip(key, name, str(failure))
                    del contestants[name]
        for name, (setting, tried, thing) in contestants.items():
            self.record.add(key, name, {"setting": setting, "unit": unit, "samples": taken[name], "tried": tried,
                                        "check": getattr(thing, "check", None)})

    # The net alone

    def model(self, precision, cores, mode):
        key = {"measure": "model", "mode": mode, "precision": precision, "cores": cores}
        order = {"do": mode, "seconds": self.options.seconds}
        cpus = self.cpus if cores > 1 else self.cpus[-1:]
        contestants = {}
        for name, makers in self.model_makers(precision, cpus, mode):
            why = self.why_not(name, precision)
            if why:
                self.record.skip(key, name, why)
                continue
            self.keep_best(key, contestants, name, makers, order)
        self.rounds(key, contestants, lambda name, thing, number: thing.ask(order),
                    "images/s" if mode == "throughput" else "ms")
        for _, _, thing in contestants.values():
            thing.close()

    def model_makers(self, precision, cpus, mode):
        """A name, and what makes each thing to try."""
        for peer in self.options.peers:
            yield settings.NAMES[peer], [functools.partial(self.server, peer, precision, setting, cpus)
                                         for setting in settings.TRIED[peer](mode, len(cpus))]
        for name, engine in self.imnet.engines().items():
            yield name, [functools.partial(Bench, self.imnet, engine, precision, cpus, batch, self.options.timeout)
                         for batch in ((1,) if mode == "latency" else (1, 8))]

    def why_not(self, name, precision, bench=True):
        if name.startswith("imnet"):
            return "this imnet has no bench" if bench and not self.imnet.can_bench else self.imnet.why_not(precision)
        return settings.why_not(next(peer for peer in settings.NAMES if settings.NAMES[peer] == name), precision)

    def keep_best(self, key, contestants, name, makers, order):
        """Builds all (at once: it takes the longest), tries one after the other, and checks the best."""
        values, tried = {}, []
        things = [make() for make in makers]
        for action in (lambda thing: thing.ready(), lambda thing: values.update({thing: self.value(thing, order)})):
            for thing in list(things):
                try:
                    self.record.within_time()
                    action(thing)
                except Failed as failure:
                    self.record.skip(key, name, str(failure))
                    things.remove(thing)
                    thing.close()
        if not things:
            return
        best = (max if MORE_IS_BETTER[order["do"]] else min)(things, key=values.get)
        for thing in things:
            tried.append({"setting": thing.setting, "value": values[thing]})
            if thing is not best:
                thing.close()
        try:
            best.compare()
            contestants[name] = best.setting, tried, best
        except Failed as failure:
            self.record.skip(key, name, str(failure))
            best.close()

    def value(self, thing, order):
        answer = thing.ask({**order, "seconds": order["seconds"] / 2})
        return statistics.median(answer) if isinstance(answer, list) else answer

    # From files to labels

    def classify(self, server, paths, precision, draft):
        answer = server.ask({"do": "classify", "paths": paths, "draft": draft})
        labels = dict(zip(map(str, paths), answer["labels"]))
        if len(answer["labels"]) != len(paths):
            raise Failed(f"{len(answer['labels'])} labels for {len(paths)} files")
        return len(paths) / answer["seconds"], labels

    def whole_files(self, precision):
        """Folder -> server for each peer's best setting. Starts all settings, so close() what is returned."""
        best, servers = {}, []
        for peer in self.options.peers:
            name, kinds = settings.NAMES[peer], {}
            if self.why_not(name, precision):
                continue
            for setting in settings.TRIED[peer]("files", len(self.cpus)):
                try:
                    self.record.within_time()
                    servers.append(server := self.server(peer, precision, setting))
                    server.ready()
                    self.classify(server, self.files["small"][:setting["batch"]], precision, False)
                    for kind, count in TRIAL_FILES.items():
                        rate, labels = self.classify(server, self.files[kind][:count], precision, False)
                        server.check = self.reference.check(labels, precision)
                        kinds.setdefault(kind, []).append((rate, server))
                except Failed as failure:
                    self.record.skip({"measure": "files", "precision": precision}, name, str(failure))
            for kind, tried in kinds.items():
                rate, server = max(tried, key=lambda pair: pair[0])
                best[kind, name] = server, [{"setting": other.setting, "value": value} for value, other in tried]
                self.best_for_files[kind, peer, precision] = server.setting
        for server in servers:
            if server not in [kept for kept, _ in best.values()]:
                server.close()
        return best

    def folder(self, best, kind, precision, draft):
        """A round takes the whole folder in bf16; a part in fp32, so that all rounds together see each file once."""
        key = {"measure": "files", "folder": kind, "draft": draft, "precision": precision, "cores": len(self.cpus)}
        contestants = {name: (server.setting, tried, server) for (of, name), (server, tried) in best.items()
                       if of == kind and server.process.poll() is None}
        why = self.why_not("imnet", precision, bench=False)
        if why:
            self.record.skip(key, "imnet", why)
        else:
            contestants["imnet"] = {}, [], None
        whole, agreed = precision == "bf16", {}

        def sample(name, server, number):
            parts = self.parts[kind] if whole else [self.parts[kind][number % len(self.parts[kind])]]
            paths = [path for part in parts for path in sorted(part.iterdir())]
            if server:
                rate, labels = self.classify(server, paths, precision, draft)
            else:
                done, labels = self.imnet.classify(parts, precision, self.options.timeout, draft=draft)
                rate = len(paths) / done["seconds"]
                if set(labels) != set(map(str, paths)):
                    raise Failed("not one row for each file")
            if number == 0:
                agreed[name] = self.reference.check(labels, precision if not draft else "bf16")
            return rate

        self.rounds(key, contestants, sample, "images/s")
        for name, check in agreed.items():
            self.record.note(key, name, {"check": check})

    def all_files(self, precision):
        best = self.whole_files(precision)
        for kind in ("small", "large"):
            self.folder(best, kind, precision, draft=False)
        if self.imnet.offers("--draft"):
            self.folder(best, "large", precision, draft=True)
        for server, _ in best.values():
            server.close()

    # One image from cold

    def cold(self, precision):
        key = {"measure": "cold", "precision": precision, "cores": len(self.cpus)}
        path = self.files["small"][0]
        commands, settings_of = {}, {}
        for peer in self.options.peers:
            name = settings.NAMES[peer]
            why = self.why_not(name, precision)
            tried = settings.TRIED[peer]("cold", len(self.cpus))
            if why or not tried:
                self.record.skip(key, name, why or "it compiles for many seconds")
                continue
            try:
                if peer in ("onnxruntime", "openvino"):
                    succeed(child_command({"do": "prepare_first_label", **self.job(peer, precision, tried[0])}), folder=self.folder, timeout=self.options.timeout)
            except Failed as failure:
                self.record.skip(key, name, str(failure))
                continue
            for setting in tried:
                job = {"do": "first_label", "path": str(path), **self.job(peer, precision, setting)}
                commands[name, str(setting)] = child_command(job)
                settings_of[name, str(setting)] = setting
        if not self.why_not("imnet", precision, bench=False):
            commands["imnet", ""] = self.imnet.command([path], precision)
            settings_of["imnet", ""] = {}
        self.cold_rounds(key, commands, settings_of, path)

    def cold_rounds(self, key, commands, settings_of, path):
        runs = {contestant: [] for contestant in commands}
        for number in range(-1, self.options.cold_rounds):  # the first fills the page cache and is not kept
            for contestant in list(commands):
                try:
                    self.record.within_time()
                    done = succeed(commands[contestant], folder=self.folder, timeout=self.options.timeout)
                    said = json.loads(done["first"])
                    label = said["top"][0]["index"] if isinstance(said, dict) else said
                    if label != self.reference.labels[str(path)]:
                        raise Failed(f"class {label}, the reference says {self.reference.labels[str(path)]}")
                    if number >= 0:
                        runs[contestant].append(done)
                except Failed as failure:
                    self.record.skip(key, contestant[0], str(failure))
                    del commands[contestant]
        seconds = {contestant: statistics.median(run["first_seconds"] for run in runs[contestant])
                   for contestant in commands if runs[contestant]}
        for name in dict.fromkeys(name for name, _ in seconds):
            tried = {contestant: value for contestant, value in seconds.items() if contestant[0] == name}
            best = min(tried, key=tried.get)
            about = {"setting": settings_of[best], "tried": [{"setting": settings_of[contestant], "value": value}
                                                             for contestant, value in tried.items()]}
            self.record.add(key, name, {**about, "unit": "s", "samples": [run["first_seconds"] for run in runs[best]]})
            self.record.add({**key, "measure": "memory", "folder": "one"}, name,
                            {**about, "unit": "MB", "samples": [run["peak_mb"] for run in runs[best]]})

    # Memory of a run over a folder

    def memory(self, kind, precision):
        """Separate runs, because looking at memory takes time: the sum over a peer's processes, 50 times a second."""
        key = {"measure": "memory", "folder": kind, "precision": precision, "cores": len(self.cpus)}
        paths = self.files[kind][:MEMORY_FILES[kind]]
        for peer in self.options.peers:
            name, setting = settings.NAMES[peer], self.best_for_files.get((kind, peer, precision))
            if setting is None:
                self.record.skip(key, name, "its files were not measured")
                continue
            job = {"do": "classify", "paths": paths, **self.job(peer, precision, setting)}
            self.memory_of(key, name, setting, lambda: succeed(child_command(job), folder=self.folder,
                                                               timeout=self.options.timeout, watch_memory=True))
        if not self.why_not("imnet", precision, bench=False):
            self.memory_of(key, "imnet", {}, lambda: self.imnet.classify(paths, precision, self.options.timeout,
                                                                         watch_memory=True)[0])

    def memory_of(self, key, name, setting, run):
        try:
            self.record.within_time()
            self.record.add(key, name, {"setting": setting, "unit": "MB", "samples": [run()["peak_mb"]]})
        except Failed as failure:
            self.record.skip(key, name, str(failure))
