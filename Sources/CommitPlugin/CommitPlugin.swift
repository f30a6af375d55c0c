import Foundation
import PackagePlugin

/// Writes the commit of the checkout into the program that is built from it: one line of Swift, which
/// changes when the commit does. A `+` says that files differed from it; nothing, that this is no
/// checkout.
@main struct CommitPlugin: BuildToolPlugin {
  private static let script = #"""
    commit=$(git --git-dir="$0/.git" rev-parse --short=8 HEAD 2>/dev/null) || commit=
    if [ -n "$commit" ] && [ -n "$(
      git --git-dir="$0/.git" --work-tree="$0" status --porcelain --untracked-files=no 2>/dev/null
    )" ]; then commit="$commit+"; fi
    line="let checkoutCommit = \"$commit\""
    [ "$(cat "$1/Commit.swift" 2>/dev/null)" = "$line" ] || printf '%s\n' "$line" >"$1/Commit.swift"
    """#

  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL
    return [
      .prebuildCommand(
        displayName: "Reading the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [
          "-c", Self.script, context.package.directoryURL.path(percentEncoded: false),
          output.path(percentEncoded: false),
        ],
        outputFilesDirectory: output)
    ]
  }
}
