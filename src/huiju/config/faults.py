"""What goes wrong outside the program, in sentences: files, the machine, the environment."""

import errno
import subprocess

from huiju.config.words import gettext as _


def file_fault(fault: OSError) -> str:
    """A file or folder that cannot be read or written: which one, why, and what to do."""
    words = {
        errno.ENOENT: _("“%(path)s” is not there. Check the name and the folder you are in."),
        errno.EISDIR: _("“%(path)s” is a folder. Name the file in it."),
        errno.ENOTDIR: _("“%(path)s”: part of this path is a file and not a folder."),
        errno.EEXIST: _("“%(path)s” is a file. A folder is needed: name another, or move it away."),
        errno.EACCES: _("“%(path)s”: this account may not read or write there."),
        errno.EPERM: _("“%(path)s”: this account may not read or write there."),
        errno.EROFS: _("“%(path)s” is on a disk that can only be read. Choose another folder."),
        errno.ENOSPC: _("The disk of “%(path)s” is full. Make room, then run the command again."),
    }
    other = _("“%(path)s” cannot be read or written: %(fault)s.")
    where = fault.filename2 or fault.filename or "—"
    told = {"path": where, "fault": fault.strerror or str(fault)}
    return words.get(fault.errno or 0, other) % told


def child_fault(ended: subprocess.CalledProcessError) -> str:
    """A step in a process of its own that did not come to its end; it has said why."""
    step = [str(word) for word in ended.cmd]
    name = step[step.index("manage") + 1] if "manage" in step else step[0]
    return _("The step “%(step)s” did not finish; the reason stands above.") % {"step": name}


def setting_fault(name: str, value: object) -> str:
    """A variable of the environment that cannot be used."""
    return _("%(name)s=%(value)s in the environment cannot be used. Correct or remove it.") % {
        "name": f"HUIJU_{name.upper()}",
        "value": value,
    }
