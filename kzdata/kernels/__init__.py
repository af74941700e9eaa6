"""Kernels and jobs that are forked, already imported, from a server of this process.

A server imports what a kernel, a chart and a report need, and nothing else; then it only forks.
Each kernel and each job is a fresh process, so nothing passes from one report to the next.

environment  what a kernel is told from outside, and what of it cannot be told later
preload      the imports of the server
server       python -m kzdata.kernels.server: forks on request, reads nothing itself
guard        the parent of every kernel and job: it outlives them, their children do not outlive it
worker       a forked process becomes a kernel or does a job
linux        the three calls to the system that the rest stands on
client       this process's server, and a handle on each process forked from it
provisioner  for jupyter_client: papermill, nbclient, nbval and JupyterLab gain alike
executor     concurrent.futures: at most so many jobs at once, each to end by its deadline
"""

from __future__ import annotations
