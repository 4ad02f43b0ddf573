"""JupyterHub for a class, on one server with Docker: a container for each student.

    pip install jupyterhub dockerspawner jupyterhub-idle-culler
    npm install --global configurable-http-proxy
    jupyter-repo2docker --no-run --image-name casebook:2026 .     (in a copy of this repository)
    docker network create jupyterhub
    jupyterhub -f docs/deploy/jupyterhub_config.py

Change what is marked; the memory is what the notebooks were measured to need.
"""

import sys

c = get_config()  # noqa: F821

# CHANGE: the image that repo2docker made, and who may come in (a list of names, or your
# university's or bank's own sign-on in the place of the native authenticator).
c.DockerSpawner.image = "casebook:2026"
c.Authenticator.allowed_users = {"student1", "student2"}
c.Authenticator.admin_users = {"lecturer"}

c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.DockerSpawner.remove = True
c.DockerSpawner.network_name = "jupyterhub"
c.DockerSpawner.use_internal_ip = True
c.JupyterHub.hub_ip = "0.0.0.0"
c.JupyterHub.hub_connect_ip = "jupyterhub"

# One student: the server and one notebook need 0.6 GB at most, three notebooks 1.5 GB.
c.Spawner.mem_limit = "1500M"
c.Spawner.cpu_limit = 1.0
c.Spawner.default_url = "/lab/tree/notebooks/case_transactional.ipynb"
c.Spawner.start_timeout = 120
# 300 who click at once are let in fifty at a time; the others wait, and are told so.
c.JupyterHub.concurrent_spawn_limit = 50
c.JupyterHub.active_server_limit = 320

# Whoever has done nothing for half an hour is stopped, and nobody runs longer than four hours.
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [
            *(sys.executable, "-m", "jupyterhub_idle_culler"),
            *("--timeout=1800", "--max-age=14400"),
        ],
    }
]
