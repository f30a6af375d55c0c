import Ground
import Jobs

/// A parameter that a run has otherwise than the one that it comes from.
public struct RunChange: Sendable, Equatable {
  public var key: String
  /// The values, of files the names; empty for none.
  public var before: String
  public var after: String

  /// The key without its table, where that is clear: "rotation_sd 6 → 10".
  public var text: String {
    let short = String(key.split(separator: ".").last ?? "")
    let isClear =
      key.hasPrefix("region.")
      ? false : Parameter.all.count { $0.key.hasSuffix("." + short) } == 1
    return "\(isClear ? short : key) \(before.isEmpty ? "none" : before) → "
      + (after.isEmpty ? "none" : after)
  }

  /// What two jobs differ in that changes a result; those of a run that continues another have other
  /// particles and maps in any case.
  public static func changes(
    from before: Job, to after: Job, isRerun: Bool
  ) -> [RunChange] {
    let (input, compute) = (Parameter.input, Parameter.compute)
    var left: Set = [
      Parameter.output.folder.key, input.projectFolder.key, compute.threads.key,
      compute.memoryLimit.key, compute.cacheFolder.key,
    ]
    if !isRerun {
      left.formUnion([
        input.particles.key, input.passthrough.key, input.halfMapA.key, input.halfMapB.key,
        input.map.key, Parameter.refinement.resplit.key,
      ])
    }
    let keys = after.differences(from: before).filter { !left.contains($0) }
    return keys.map { RunChange(key: $0, before: shown(before, $0), after: shown(after, $0)) }
  }

  private static func shown(_ job: Job, _ key: String) -> String {
    guard let parameter = JobField(key)?.parameter, let value = job[key] else { return "" }
    switch (parameter.type, value) {
    case (.file, _), (.folder, _): return FilePath.name(of: value.text)
    case (.files, .paths(let paths)):
      return paths.map { FilePath.name(of: $0) }.joined(separator: ",")
    default: return value.text
    }
  }
}
