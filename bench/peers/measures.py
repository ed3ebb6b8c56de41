"""The net alone, and files to labels. The settings of each peer are tried and the best is kept. Then the rounds follow,
A B C A B C."""
import functools
import json
import statistics

import settings
from imnet import Bench
from processes import FAILURES, Failed, Server

TRIAL_FILES = {"small": 48, "large": 16}  # batches for all workers
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
                except FAILURES as failure:
                    self.record.skip(key, name, failure)
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
        things = [thing for _, _, thing in contestants.values()]
        self.rounds(key, contestants, lambda name, thing, number: thing.ask(order),
                    "images/s" if mode == "throughput" else "ms")
        for thing in things:
            thing.close()

    def model_makers(self, precision, cpus, mode):
        """Yields the name of a peer and a function for each setting to try."""
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
        """Builds all at once, because that takes longest; tries one after the other, and checks the best."""
        values = {}
        things = [make() for make in makers]
        for action in (lambda thing: thing.ready(), lambda thing: values.update({thing: self.value(thing, order)})):
            for thing in list(things):
                try:
                    self.record.within_time()
                    action(thing)
                except FAILURES as failure:
                    self.record.skip(key, name, failure)
                    things.remove(thing)
                    thing.close()
        if not things:
            return
        best = (max if MORE_IS_BETTER[order["do"]] else min)(things, key=values.get)
        tried = [{"setting": thing.setting, "value": values[thing]} for thing in things]
        for thing in things:
            if thing is not best:
                thing.close()
        try:
            best.compare()
            contestants[name] = best.setting, tried, best
        except FAILURES as failure:
            self.record.skip(key, name, failure)
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

    def best_servers(self, precision):
        """(folder, peer's name) -> (the server of its best setting, what was tried)"""
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
                except FAILURES as failure:
                    self.record.skip({"measure": "files", "precision": precision}, name, failure)
            for kind, tried in kinds.items():
                rate, server = max(tried, key=lambda pair: pair[0])
                best[kind, name] = server, [{"setting": other.setting, "value": value} for value, other in tried]
                self.best_for_files[kind, peer, precision] = server.setting
        for server in servers:
            if server not in [kept for kept, _ in best.values()]:
                server.close()
        return best

    def classify_folder(self, best, kind, precision, draft):
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
        best = self.best_servers(precision)
        for kind in ("small", "large"):
            self.classify_folder(best, kind, precision, draft=False)
        if self.imnet.offers("--draft"):
            self.classify_folder(best, "large", precision, draft=True)
        for server, _ in best.values():
            server.close()
