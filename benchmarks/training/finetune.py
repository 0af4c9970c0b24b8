"""Training of the encoder of ``assets.news.coding.encoder`` on the masked pairs of ``pairs``.

    python -m benchmarks.training.finetune PAIRS.jsonl --start encoder.onnx --out new.onnx [--passes 2] [--agree 1]

It goes on from an encoder that exists: its eight-bit numbers are widened, all layers learn, and they are brought to eight bits
again. With ``--agree`` each pair is read twice with other numbers dropped, and must say the same (R-Drop, Liang and others 2021).
``--beside`` writes the mean with another encoder of the same start. Needs torch, onnx, onnxruntime and numpy, in an environment
of its own (README.md). One thread, one seed: on one kind of processor the same pairs give the same file.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assets.news.coding import encoder
from assets.news.coding.encoder import KINDS, MODALITIES

SEED, BATCH, RATE, HEADS_FASTER, WARM_UP = 21, 32, 4e-5, 3, 100
LAST, KEPT = 0.75, 0.4
"""After this share of the steps the numbers are remembered, for their mean; the share in it of those that it began with."""

LAYERS, WIDTH, HEADS, INNER = 12, 384, 12, 1536
FROZEN = 2
"""The first layers, which stay as they are, as do the vectors of words: a fifth of the time."""

OF_SCALES = 600
"""Pairs that are read to learn how far activations reach."""

FEWEST_OF_CODE = 8
"""Pairs that must bear a code before it is one that the encoder can give."""

OFTEN = {"train-official": 2, "train-acts": 3, "train-endings": 2, "articles-acts": 4, "train-mixed": 2, "articles-passages": 2}
"""How often the pairs of a file are read in one pass, where not once."""

ARTICLES = "articles"
"""How the files begin whose pairs every pass reads whole, since they are read worst; of the others each pass reads its part."""


@dataclass(frozen=True)
class Row:
    """A pair as numbers, with what is right by direction: ``events`` is -1 where it is not known.

    ``acts``: of each act that is told the classes that are right; None where not all are known.
    """

    ids: list[int]
    places: tuple[int, int]
    events: tuple[int, int]
    right: tuple[tuple[list[int], list[int], list[int]], ...]
    acts: tuple[list[list[int]] | None, ...] = (None, None)


def is_read(pair: dict[str, Any], number: int, passes: int) -> bool:
    """Whether a pass of so many reads a pair, by a hash where not every pass does."""
    return pair["origin"].startswith(ARTICLES) or percent_of(pair["pieces"]) * passes // 100 == number


def percent_of(pieces: Sequence[str]) -> int:
    """A number from 0 to 99 that a text has for good."""
    return int(sha256("".join(pieces).encode()).hexdigest(), 16) % 100


def rows_of(pairs: Sequence[dict[str, Any]], tokens: encoder.Tokens, codes: Sequence[str]) -> list[Row]:
    """Pairs as numbers."""
    of_kinds, *numbers = [{name: n for n, name in enumerate(names)} for names in (KINDS, codes, MODALITIES)]
    named = list(zip(("codes", "modality"), numbers, strict=True))
    found = []
    for one in pairs:
        ids, first, second = tokens.of(one["pieces"])
        acts = [[[of_kinds[k] for k in act] for act in one["acts"][side]] for side in (0, 1)]
        right = tuple(
            (sorted({k for act in acts[side] for k in act}), *([n[x] for x in one[name][side] if x in n] for name, n in named))
            for side in (0, 1)
        )
        events = tuple(-1 if e is None else int(e) for e in one["events"])
        told = tuple(of if one["all_acts"] and e >= 0 else None for of, e in zip(acts, events, strict=True))
        times = next((n for origin, n in OFTEN.items() if one["origin"].startswith(origin)), 1)
        found += [Row(ids, (first, second), events, right, told)] * times  # type: ignore[arg-type]
    return found


def batches(rows: Sequence[Row], order: random.Random) -> Iterator[list[Row]]:
    """Rows in batches of like length, in a new order each time."""
    mixed = sorted(rows, key=lambda r: len(r.ids) + 6 * order.random())
    found = [mixed[i : i + BATCH] for i in range(0, len(mixed), BATCH)]
    order.shuffle(found)
    return iter(found)


def network(n_first: int, n_second: int, layers: int = LAYERS) -> Any:
    """MiniLM (a BERT) with heads on two parties and the sentence; the last is of the acts that are told.

    Args:
        n_first: outputs of the first: whether the first party acts on the second, and of which class that is.
        n_second: of the second: codes and modality.
        layers: how many; the encoders up to 2026-12-01 had six.
    """
    import torch
    from torch import nn
    from torch.nn import functional as f

    class Layer(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
            self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
            self.norm, self.last = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
            self.drop = nn.Dropout(0.1)

        def forward(self, x: Any, mask: Any) -> Any:
            n, length = x.shape[0], x.shape[1]
            q, k, v = (m(x).view(n, length, HEADS, -1).transpose(1, 2) for m in (self.query, self.key, self.value))
            weights = torch.softmax(q @ k.transpose(-1, -2) / (WIDTH / HEADS) ** 0.5 + mask, -1)
            seen = (weights @ v).transpose(1, 2).reshape(n, length, WIDTH)
            x = self.norm(x + self.drop(self.out(seen)))
            return self.last(x + self.drop(self.down(f.gelu(self.up(x)))))

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.words, self.positions = nn.Embedding(30522, WIDTH), nn.Embedding(512, WIDTH)
            self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
            self.layers = nn.ModuleList(Layer() for _ in range(layers))
            self.inner, self.outer = nn.Linear(3 * WIDTH, WIDTH), nn.Linear(WIDTH, n_first)
            self.inner_of_codes, self.outer_of_codes = nn.Linear(3 * WIDTH, WIDTH), nn.Linear(WIDTH, n_second)
            self.outer_of_acts = nn.Linear(WIDTH, n_first - 1)
            self.drop = nn.Dropout(0.1)

        def forward(self, ids: Any, places: Any, mask: Any) -> Any:
            return self.heads(self.seen(ids, places, mask))

        def heads(self, both: Any) -> Any:
            inner = self.drop(torch.tanh(self.inner(self.drop(both))))
            second = self.outer_of_codes(self.drop(torch.tanh(self.inner_of_codes(self.drop(both)))))
            return torch.cat((self.outer(inner), second, self.outer_of_acts(inner)), -1)

        def seen(self, ids: Any, places: Any, mask: Any) -> Any:
            x = self.words(ids)
            x = x + self.positions(torch.arange(ids.shape[1]))[None]
            x = self.drop(self.norm(x))
            wide = mask.to(x.dtype)
            away = (1.0 - wide)[:, None, None, :] * -1e4
            with torch.no_grad():
                for layer in self.layers[:FROZEN]:
                    x = layer(x, away)
            for layer in self.layers[FROZEN:]:
                x = layer(x, away)
            mean = (x * wide[..., None]).sum(1) / wide.sum(1, keepdim=True)
            sides = torch.gather(x, 1, places[..., None].expand(-1, -1, WIDTH))
            first, second = sides[:, 0], sides[:, 1]
            return torch.stack((torch.cat((first, second, mean), -1), torch.cat((second, first, mean), -1)), 1)

    return Network()


def known_of(model: Any) -> dict[str, Any]:
    """What is known of an encoder: vocabulary, markers, what its outputs are and how it was made."""
    found: dict[str, Any] = json.loads(next(p.value for p in model.metadata_props if p.key == "bilateral"))
    return found


def widened(model: Any, n_first: int, n_second: int) -> Any:
    """A network of as many layers as an encoder that exists, with its numbers; a head that this has not begins at random."""
    import torch
    from onnx import numpy_helper

    known = {_name(t.name): numpy_helper.to_array(t) for t in model.graph.initializer}
    net = network(n_first, n_second, len({name.split(".")[1] for name in known if name.startswith("layers.")}))
    state = net.state_dict()
    read: list[str] = []
    for node in model.graph.node:
        if node.op_type in ("MatMulInteger", "MatMulIntegerToFloat"):
            matrix = known[node.input[1]].astype(np.float32) * known[node.input[1].replace("_quantized", "_scale")]
            module = _name(node.name.removesuffix("/MatMul_quant").strip("/").replace("/", "."))
            state[f"{module}.weight"] = torch.tensor(matrix.T)
            read.append(f"{module}.weight")
    state |= {name: torch.tensor(values) for name, values in known.items() if name in state and values.dtype == np.float32}
    state["words.weight"] = torch.tensor(known["words"].astype(np.float32) * known["scales_of_words"])
    if "bert.embeddings.token_type_embeddings.weight" in known:
        state["positions.weight"] += torch.tensor(known["bert.embeddings.token_type_embeddings.weight"][0])
    if "outer_of_acts.weight" not in known and "outer_of_acts" not in {m.rpartition(".")[0] for m in read}:
        # an encoder that tells one act alone: each act begins as that class, where it is an event at all
        for part in ("weight", "bias"):
            chance, kinds = state[f"outer.{part}"][0], state[f"outer.{part}"][1:]
            state[f"outer_of_acts.{part}"] = kinds / 2 + chance - (1.0 if part == "bias" else 0.0)
    net.load_state_dict(state)
    return net


_NAMES = {
    "bert.encoder.layer.": "layers.", "attention.self.": "", "attention.output.dense": "out", "intermediate.dense": "up",
    "attention.output.LayerNorm": "norm", "output.dense": "down", "output.LayerNorm": "last", "bert.embeddings.LayerNorm": "norm",
    "bert.embeddings.position_embeddings": "positions",
}  # fmt: skip
"""Parts of the encoders up to 2026-11, by their names in them."""


def _name(old: str) -> str:
    for part, new in _NAMES.items():
        old = old.replace(part, new)
    return old


def _heads_of(net: Any) -> list[Any]:
    heads = (net.inner, net.outer, net.inner_of_codes, net.outer_of_codes, net.outer_of_acts)
    return [p for m in heads for p in m.parameters()]


def _weights_of_kinds(rows: Sequence[Row]) -> Any:
    """What a class weighs: rare ones more."""
    import torch

    counts = Counter(k for r in rows for kinds, _, _ in r.right for k in kinds)
    return torch.tensor([(len(rows) / len(KINDS) / max(counts[k], 20)) ** 0.5 for k in range(len(KINDS))]).clamp(0.5, 2.5)


def train(net: Any, passes: Sequence[Sequence[Row]], most: float, agree: float = 0.0) -> None:
    """Train the upper layers and the heads of a network, a pass over each of the rows, at a rate of ``most`` or less.

    ``agree``: what it weighs that two readings of a pair say the same; 0 reads each once.

    It ends with a mean of the numbers that it began with and of those of the last quarter of the steps: this errs less than the
    last ones, and what was learnt before is not lost.
    """
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    for module in (net.words, net.positions, net.norm, net.layers[:FROZEN]):
        module.requires_grad_(False)
    head = _heads_of(net)
    body = list(net.layers[FROZEN:].parameters())
    groups: list[dict[str, Any]] = [{"params": body, "lr": most}, {"params": head, "lr": most * HEADS_FASTER}]
    learnt = [p for group in groups for p in group["params"]]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = sum(-(-len(rows) // BATCH) for rows in passes)
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min((n + 1) / WARM_UP, max(0.02, 1 - n / steps)))
    weights = _weights_of_kinds([row for rows in passes for row in rows])
    order, mean = random.Random(SEED), torch.optim.swa_utils.AveragedModel(net)
    begun = {name: values.clone() for name, values in net.state_dict().items()}
    net.train()
    done, total, began = 0, 0.0, time.process_time()
    for rows in passes:
        for batch in batches(rows, order):
            loss = _loss(net, batch, weights, agree)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimiser.step()
            rate.step()
            optimiser.zero_grad()
            done, total = done + 1, total + float(loss.detach())
            if done % 50 == 0:
                print(
                    f"step {done} of {steps}: loss {total / 50:.4f}, {done * BATCH / (time.process_time() - began):.0f} a second",
                    flush=True,
                )
                total = 0.0
            if done > steps * LAST and (done % 50 == 0 or done == steps):
                mean.update_parameters(net)
    net.load_state_dict({name: torch.lerp(values, begun[name], KEPT) for name, values in mean.module.state_dict().items()})
    net.eval()


def _padded(batch: Sequence[Row]) -> tuple[Any, Any, Any]:
    import torch

    longest = max(len(r.ids) for r in batch)
    ids = torch.tensor([r.ids + [0] * (longest - len(r.ids)) for r in batch])
    mask = torch.tensor([[1] * len(r.ids) + [0] * (longest - len(r.ids)) for r in batch])
    return ids, mask, torch.tensor([r.places for r in batch])


def _loss(net: Any, batch: Sequence[Row], weights: Any, agree: float = 0.0) -> Any:
    import torch

    read = [*batch, *batch] if agree else batch
    ids, mask, places = _padded(read)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(ids, places, mask)
    logits = logits.float()
    loss = _loss_of_logits(logits, read, weights)
    return loss + agree * _apart(*logits.split(len(batch))) if agree else loss


def _apart(one: Any, other: Any) -> Any:
    """How far two readings of the same pairs are apart in chance, class and acts (Kullback-Leibler, both ways)."""
    import torch

    n, total = len(KINDS), 0.0
    for x, y in ((one, other), (other, one)):
        yes = torch.nn.functional.logsigmoid
        odds = torch.sigmoid(x) * (yes(x) - yes(y)) + torch.sigmoid(-x) * (yes(-x) - yes(-y))
        p, q = (torch.log_softmax(z[..., 1 : 1 + n], -1) for z in (x, y))
        told = torch.sigmoid(x[..., 0]).detach()
        of_class = (told * (p.exp() * (p - q)).sum(-1)).sum() / told.sum().clamp(min=1)
        total = total + (odds[..., 0].mean() + odds[..., -n:].sum(-1).mean() + of_class) / 2
    return total


def _loss_of_logits(logits: Any, batch: Sequence[Row], weights: Any) -> Any:
    import torch

    events = torch.tensor([r.events for r in batch], dtype=torch.float32)
    known = events >= 0
    chance = torch.nn.functional.binary_cross_entropy_with_logits(logits[..., 0], events.clamp(min=0), reduction="none")
    total = (chance * known).sum() / known.sum().clamp(min=1)
    return total + _loss_of(logits, batch, weights) + _loss_of_acts(logits[..., -len(KINDS) :], batch)


def _loss_of_acts(logits: Any, batch: Sequence[Row]) -> Any:
    """What is wrong of the acts: each that is told has one of its classes, and no class is told that none of them has."""
    import torch

    log_not = torch.nn.functional.logsigmoid(-logits)
    silent = torch.ones_like(log_not)
    total, known = log_not.new_zeros(()), 0
    for i, row in enumerate(batch):
        for side, acts in enumerate(row.acts):
            if acts is None:
                silent[i, side] = 0
                continue
            known += 1
            for act in acts:
                silent[i, side, act] = 0
                none_of = log_not[i, side, act].sum().clamp(max=-1e-6)
                total = total - torch.log(-torch.expm1(none_of))
    return (total - (log_not * silent).sum()) / max(known, 1)


def _loss_of(logits: Any, batch: Sequence[Row], weights: Any) -> Any:
    """What is wrong of class, code and modality."""
    import torch

    sizes = (len(KINDS), logits.shape[-1] - 1 - 2 * len(KINDS) - len(MODALITIES), len(MODALITIES))
    at, total = 1, 0.0
    for n, (size, share) in enumerate(zip(sizes, (1.0, 0.5, 0.3), strict=True)):
        right = torch.zeros(len(batch), 2, size)
        for i, r in enumerate(batch):
            for side in (0, 1):
                right[i, side, r.right[side][n]] = 1
        told = right.sum(-1) > 0
        if bool(told.any()):
            log = torch.log_softmax(logits[..., at : at + size], -1)
            good = torch.logsumexp(log.masked_fill(right == 0, -30.0), -1)
            of_class = (right * weights).sum(-1) / right.sum(-1).clamp(min=1) if n == 0 else torch.ones_like(good)
            weight = of_class * told
            # a little of the weight on all classes: it must not be surer than the labels are
            total = total - share * (weight * (0.95 * good + 0.05 * log.mean(-1))).sum() / weight.sum()
        at += size
    return total


def export(net: Any, known: dict[str, Any], out: Path, rows: Sequence[Row]) -> None:
    """Write a network as one file with eight-bit weights: matrices by column, the vectors of words by word.

    ``rows``: training pairs that say how far activations reach.
    """
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        example = torch.tensor([[101, 2, 1998, 3, 102]] * 2), torch.tensor([[1, 3]] * 2), torch.ones(2, 5, dtype=torch.int64)
        names = ["ids", "places", "mask"]
        axes = {"ids": {0: "n", 1: "tokens"}, "mask": {0: "n", 1: "tokens"}, "places": {0: "n"}, "logits": {0: "n"}}
        torch.onnx.export(
            net,
            example,
            str(whole),
            input_names=names,
            output_names=["logits"],
            dynamic_axes=axes,
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
    _fix_scales(model, random.Random(SEED).sample(list(rows), min(OF_SCALES, len(rows))))
    _fuse(model)
    entry = model.metadata_props.add()
    entry.key, entry.value = "bilateral", json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    out.write_bytes(model.SerializeToString(deterministic=True))


def _fix_scales(model: Any, rows: Sequence[Row]) -> None:
    """Give activations the scale of the largest that these rows show, in place of one for each reading.

    What is read then does not depend on what is read with it.
    """
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    scaled = [node for node in graph.node if node.op_type == "DynamicQuantizeLinear"]
    names = list(dict.fromkeys(node.input[0] for node in scaled))
    shown = type(model)()
    shown.CopyFrom(model)
    shown.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # each tensor stays by its name
    session = onnxruntime.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
    low, high = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for row in rows:
        feed = {"ids": np.array([row.ids]), "places": np.array([row.places]), "mask": np.ones((1, len(row.ids)), np.int64)}
        for name, values in zip(names, session.run(names, feed), strict=True):
            low[name], high[name] = min(low[name], float(values.min())), max(high[name], float(values.max()))
    for node in scaled:
        (source,), (result, scale, zero) = node.input, node.output
        step = np.float32((high[source] - low[source]) / 255)
        graph.initializer.append(numpy_helper.from_array(np.array(step), scale))
        graph.initializer.append(numpy_helper.from_array(np.array(round(-low[source] / step), dtype=np.uint8), zero))
        at = list(graph.node).index(node)
        graph.node.remove(node)
        graph.node.insert(at, helper.make_node("QuantizeLinear", [source, scale, zero], [result]))


def _fuse(model: Any) -> None:
    """Put one operator of onnxruntime in the place of those that give a product scale and bias, and of those of attention.

    The numbers are the same but for rounding, in a tenth less time. No sentence of a batch is shorter than another one: no mask.
    """
    from onnx import helper

    graph = model.graph
    made_by = {name: node for node in graph.node for name in node.output}
    read_by = {name: node for node in reversed(graph.node) for name in node.input}
    known = {t.name for t in graph.initializer}
    fused: dict[str, Any] = {}

    def fuse(last: Any, inputs: list[str], name: str, of: str, **attributes: Any) -> None:
        made = helper.make_node(of, inputs, last.output, name, domain="com.microsoft", **attributes)
        fused[last.output[0]] = made

    for node in graph.node:
        if node.op_type == "MatMulInteger":
            scaled = read_by[read_by[node.output[0]].output[0]]
            added, scales = read_by[scaled.output[0]], made_by[scaled.input[1]]
            bias = [name for name in added.input if name in known] if added.op_type == "Add" else []
            inputs = [*node.input[:2], *scales.input, *node.input[2:], *bias]
            fuse(added if bias else scaled, inputs, node.name, "MatMulIntegerToFloat")
        elif node.op_type == "Softmax":
            seen = read_by[node.output[0]]
            both = made_by[made_by[made_by[node.input[0]].input[0]].input[0]]
            sides = [made_by[made_by[name].input[0]].input[0] for name in (*both.input, seen.input[1])]
            fuse(read_by[read_by[seen.output[0]].output[0]], sides, node.name, "MultiHeadAttention", num_heads=HEADS)
    read, kept = {result.name for result in graph.output}, []
    for node in reversed(graph.node):
        if not read.isdisjoint(node.output):
            kept.append(fused.get(node.output[0], node))
            read.update(kept[-1].input)
    del graph.node[:]
    graph.node.extend(reversed(kept))
    left = [t for t in graph.initializer if t.name in read]
    del graph.initializer[:]
    graph.initializer.extend(left)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


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
    parser = argparse.ArgumentParser(description="Train the encoder of the event coder.")
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="the encoder to go on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=2, help="over the pairs of articles; each other is read once")
    parser.add_argument("--rate", type=float, default=RATE, help="how fast the layers learn")
    parser.add_argument("--agree", type=float, default=0.0, help="what it weighs that two readings of a pair agree")
    parser.add_argument("--beside", type=Path, help="another encoder of this start: the mean of both is written")
    args = parser.parse_args()
    import onnx
    import torch

    pairs = [json.loads(line) for line in args.pairs.read_text(encoding="utf-8").splitlines()]
    start = onnx.load(str(args.start))
    known = known_of(start)
    counts = Counter(c for p in pairs for side in p["codes"] for c in side if len(c) > 2)
    codes = known.get("codes") or sorted(c for c, n in counts.items() if n >= FEWEST_OF_CODE)
    torch.manual_seed(SEED)
    net = widened(start, 1 + len(KINDS), len(codes) + len(MODALITIES))
    tokens = encoder.Tokens(known["vocabulary"], known["markers"])
    passes = [rows_of([p for p in pairs if is_read(p, n, args.passes)], tokens, codes) for n in range(args.passes)]
    print(" and ".join(f"{len(rows):,}" for rows in passes), "rows", flush=True)
    train(net, passes, args.rate, args.agree)
    if args.beside is not None:
        other = widened(onnx.load(str(args.beside)), 1 + len(KINDS), len(codes) + len(MODALITIES)).state_dict()
        net.load_state_dict({name: torch.lerp(values, other[name], 0.5) for name, values in net.state_dict().items()})
    known |= {"kinds": list(KINDS), "codes": codes, "modalities": list(MODALITIES)}
    known["about"] = {
        "start_sha256": sha256(args.start.read_bytes()).hexdigest(),
        "pairs": len(pairs),
        "pairs_sha256": sha256(args.pairs.read_bytes()).hexdigest(),
        "passes": args.passes,
        "rate": args.rate,
        "agree": args.agree,
        "beside_sha256": None if args.beside is None else sha256(args.beside.read_bytes()).hexdigest(),
    }
    export(net, known, args.out, passes[0])
    print(f"{args.out.name}: {args.out.stat().st_size / 1e6:.1f} MB, of {len(pairs):,} pairs")


if __name__ == "__main__":
    main()
