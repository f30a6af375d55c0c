# A Spack package: copy this file to packages/fulcrum/package.py of a repository of your own.
import os

from spack.package import *


class Fulcrum(Package):
    """Local refinement of cryo-EM particles, on CPUs, in a terminal."""

    license("MIT AND GPL-2.0-or-later")

    # The archive that .release/build makes, beside this file.
    version("0.1.0")

    def url_for_version(self, version):
        return "file://" + join_path(os.path.dirname(__file__), f"fulcrum-{version}-x86_64.tar.xz")

    conflicts("platform=darwin")
    conflicts("target=aarch64:")

    def install(self, spec, prefix):
        Executable("./install")("--prefix", prefix)

    def test_version(self):
        """the program runs"""
        which(self.prefix.bin.fulcrum)("--version")
