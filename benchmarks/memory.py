"""The most memory a process has had."""

from pathlib import Path


def peak_mb(pid: int) -> float:
    """Peak resident memory of a running process in MB of 2^20 bytes, shared pages included (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
