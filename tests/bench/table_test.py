"""The published tables agree with the samples."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import table  # noqa: E402

NET = {"measure": "model", "mode": "throughput", "precision": "fp32", "cores": 2, "unit": "images/s", "setting": {}}
COLD = {"measure": "cold", "precision": "fp32", "cores": 2, "unit": "s", "setting": {}}


def run(*results, skipped=()):
    return {"results": results, "skipped": skipped, "machine": {"cores": 2},
            "pictures": {"small": {"count": 1000}, "large": {"count": 100}}}


def result(peer, *samples, **more):
    return {**NET, "peer": peer, "samples": samples, **more}


def test_a_value_is_the_median_of_the_rounds():
    assert table.value(result("imnet", 10, 90, 20)) == 20


def test_a_round_with_several_samples_counts_once():
    assert table.value(result("imnet", [1, 2, 3, 3, 3], [9], [4, 5, 6])) == 5


def test_the_ratio_is_to_the_best_peer_and_above_one_where_imnet_is_better():
    rates = {"imnet": result("imnet", 30), "PyTorch": result("PyTorch", 10), "OpenVINO": result("OpenVINO", 20)}
    assert table.ahead(rates) == ("OpenVINO", 1.5)
    times = {"imnet": 0.2, "PyTorch": 1.6, "OpenVINO": 0.1}
    seconds = {peer: {**COLD, "samples": [value]} for peer, value in times.items()}
    assert table.ahead(seconds) == ("OpenVINO", 0.5)


@pytest.mark.parametrize("missing", ["imnet", "PyTorch"])
def test_there_is_no_ratio_without_both_results(missing):
    both = {"imnet": result("imnet", 30), "PyTorch": result("PyTorch", 10)}
    del both[missing]
    assert table.ahead(both) is None


@pytest.mark.parametrize("ratio, unit, said", [
    (1.061, "images/s", "1.06× faster"), (0.99, "s", "1.01× slower"), (1.004, "ms", "the same"),
    (0.997, "ms", "the same"), (2, "MB", "2.00× smaller"), (0.8, "MB", "1.25× larger"),
])
def test_a_ratio_below_one_is_said_to_be_slower_or_larger(ratio, unit, said):
    assert table.comparison(ratio, unit) == said


def test_another_engine_of_imnet_is_no_peer():
    rates = {"imnet": result("imnet", 30), table.OURS[1]: result(table.OURS[1], 40), "PyTorch": result("PyTorch", 20)}
    assert table.ahead(rates) == ("PyTorch", 1.5)


def test_the_short_table_has_imnet_and_the_best_peer_on_all_cores():
    shown = table.short(run(result("PyTorch", 12.3), result("OpenVINO", 38.5), result("imnet", 41, 40, 42),
                            result("imnet", 20, cores=1), result("OpenVINO", 19, cores=1)))
    assert shown.splitlines()[2:] == ["| net alone, images a second, 2 cores, fp32 "
                                      "| 41.0 images/s | 38.5 images/s | OpenVINO | 1.06× faster |"]


def test_the_long_table_has_every_peer_its_setting_and_what_was_left_out():
    shown = table.long(run(result("PyTorch", 12.34, setting={"batch": 8, "channels_last": True, "own_decoding": False}),
                           result("imnet", 41), {**COLD, "peer": "imnet", "samples": [0.25]},
                           skipped=[{"measure": "cold", "peer": "ONNX Runtime", "why": "no answer in 180 s"}]))
    assert "| net alone, images a second, 2 cores, fp32, images/s | 41.0 | 12.3 | 3.32× faster |" in shown
    assert "| one image, from the start of the process to its label, fp32, s | 0.25 | – | – |" in shown
    assert "| batch 8, channels last |" in shown
    assert "- ONNX Runtime, measure cold: no answer in 180 s" in shown


def test_a_figure_typed_by_hand_is_found(monkeypatch):
    monkeypatch.setattr(table, "block", lambda name, render: f"<!-- peers: {name} -->\n41.0\n<!-- /peers -->")
    stale = "before\n<!-- peers: a.json -->\n99.0\n<!-- /peers -->\nafter\n"
    fresh = table.rewritten(stale, table.short)
    assert fresh == stale.replace("99.0", "41.0")
    assert table.rewritten(fresh, table.short) == fresh


def test_the_documents_agree_with_the_samples():
    done = subprocess.run([sys.executable, ROOT / "bench" / "table.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_each_document_has_a_place_for_tables():
    for document in table.DOCUMENTS:
        assert table.BLOCK.search((ROOT / document).read_text()), f"{document} has no place for a run"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Documents that show no run yet, beside two runs."""
    monkeypatch.setattr(table, "ROOT", tmp_path)
    (tmp_path / "bench" / "runs").mkdir(parents=True)
    for document in table.DOCUMENTS:
        (tmp_path / document).write_text("above\n<!-- peers: none -->\n<!-- /peers -->\nbelow\n")
    for name, rate in (("old", 30), ("new", 41)):
        content = run(result("imnet", rate), result("PyTorch", 10))
        content |= {"date": "2026-01-02", "machine": {"cores": 2, "cpu": "Some CPU", "flags": ["avx2"]},
                    "versions": dict(imnet="imnet 1", torch="2", onnxruntime="3", openvino="4", pillow="5")}
        (tmp_path / "bench" / "runs" / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


def test_a_run_takes_the_place_of_the_last_in_the_readme_and_stands_before_it_in_the_long_document(copy):
    for name in ("old", "new"):
        table.show(f"bench/runs/{name}.json")
    front, long = ((copy / document).read_text() for document in table.DOCUMENTS)
    assert "| 41.0 images/s | 10.0 images/s | PyTorch | 4.10× faster |" in front and "30.0" not in front
    assert long.index("| 41.0 | 10.0 | 4.10× faster |") < long.index("| 30.0 | 10.0 | 3.00× faster |")
    assert all(text.startswith("above\n") and text.endswith("\nbelow\n") for text in (front, long))
    assert "2 cores of Some CPU (avx2)" in front and "PyTorch 2, ONNX Runtime 3, OpenVINO 4" in long


def test_a_run_is_shown_once(copy):
    table.show("bench/runs/new.json")
    shown = [(copy / document).read_text() for document in table.DOCUMENTS]
    table.show("bench/runs/new.json")
    assert [(copy / document).read_text() for document in table.DOCUMENTS] == shown
