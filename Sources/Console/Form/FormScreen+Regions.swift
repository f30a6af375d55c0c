import Ground
import Jobs

extension FormScreen {
  /// Does something to the region that commands are about.
  mutating func changeRegion(
    _ body: (inout FormScreen, Int) -> [Effect]
  ) -> [Effect] {
    regionInFocus.map { body(&self, $0) } ?? []
  }

  /// The region that commands are about: that of the selected row, or the only one.
  var regionInFocus: Int? {
    current?.region ?? (job.regions.count == 1 ? 0 : nil)
  }

  /// Why there is no region to do anything to.
  var noRegion: String? {
    if job.regions.isEmpty { return "The job has no regions yet: + adds one" }
    return regionInFocus == nil ? "Go to a region's section first" : nil
  }

  mutating func beginRenaming(region: Int) -> [Effect] {
    show(.name(ofRegion: region))
    return beginEditing(.name(ofRegion: region))
  }

  /// What a single region has in the job's own place, and as a region where there are several.
  private static let ofMask = [
    Parameter.input.mask.key, Parameter.fulcrum.location.key, Parameter.fulcrum.coordinates.key,
  ]

  mutating func addRegion() -> [Effect] {
    var next = job
    let region = next.regions.count
    let mask = region == 0 ? job[Parameter.input.mask] : nil
    let name = freeName(mask.map(Self.name(ofMask:)) ?? "region\(region + 1)")
    var values: [String: ParameterValue] = [:]
    if mask != nil {
      for key in Self.ofMask {
        values[key] = next.values[key]
        next[key] = nil
      }
    }
    next.regions.append(JobRegion(name: name, values: values))
    let kept = mistakes.filter { mask == nil || !Self.ofMask.contains($0.key.key) }
    for index in sweep.indices where mask != nil && Self.ofMask.contains(sweep[index].key) {
      sweep[index].key =
        Parameter.named(sweep[index].key).map { next.regions[0].key(of: $0) } ?? sweep[index].key
    }
    change(to: next, mistakes: kept)
    show(.mask(ofRegion: region))
    guard let mask else { return [.say("Region \(name) added: choose its mask")] }
    return [
      .say("\(FilePath.name(of: mask)) is now the mask of the region \(name); + adds another")
    ]
  }

  mutating func copy(region: Int) -> [Effect] {
    var next = job
    var copy = next.regions[region]
    copy.name = freeName(copy.name)
    next.regions.insert(copy, at: region + 1)
    change(to: next, mistakes: moved { $0 > region ? $0 + 1 : $0 })
    show(.mask(ofRegion: region + 1))
    return [.say("Region \(copy.name) is a copy of \(job.regions[region].name): choose its mask")]
  }

  mutating func remove(region: Int) -> [Effect] {
    var next = job
    let removed = next.regions.remove(at: region)
    let isLast = next.regions.isEmpty
    if isLast, !next.isSet(Parameter.input.mask) {
      for (key, value) in removed.values { next[key] = value }
    }
    sweep.removeAll { JobField($0.key)?.region == removed.name }
    change(to: next, mistakes: moved { $0 == region ? nil : $0 > region ? $0 - 1 : $0 })
    let left = next.regions.count
    show(isLast ? .mask(ofRegion: nil) : .name(ofRegion: min(region, left - 1)))
    let what = "Region \(removed.name) removed; u takes it back"
    return [.say(isLast ? what + ". What it had of its own is the job's" : what)]
  }

  mutating func move(region: Int, by step: Int) -> [Effect] {
    let other = region + step
    var next = job
    next.regions.swapAt(region, other)
    let field = current ?? .name(ofRegion: region)
    change(to: next, mistakes: moved { $0 == region ? other : $0 == other ? region : $0 })
    selected = FormField(field.key, ofRegion: other)
    return [.say("Region \(next.regions[other].name) is number \(other + 1)")]
  }

  /// The name as it was typed, also where it is of no use: findings say so.
  mutating func rename(region: Int, to text: String) {
    var next = job
    let (old, name) = (next.regions[region].name, text.trimmed)
    next.regions[region].name = name
    for index in sweep.indices {
      guard let field = JobField(sweep[index].key), field.region == old else { continue }
      sweep[index].key = next.regions[region].key(of: field.parameter)
    }
    change(to: next, mistakes: mistakes)
  }

  /// The mistakes where regions have other places, or none.
  private func moved(_ place: (Int) -> Int?) -> [FormField: Mistake] {
    var moved: [FormField: Mistake] = [:]
    for (field, mistake) in mistakes {
      guard let region = field.region else {
        moved[field] = mistake
        continue
      }
      if let next = place(region) { moved[FormField(field.key, ofRegion: next)] = mistake }
    }
    return moved
  }

  /// A name that no region has, like another.
  private func freeName(_ wanted: String) -> String {
    let taken = Set(job.regions.map { $0.name.lowercased() })
    let names = [wanted] + (2...(taken.count + 2)).map { "\(wanted)-\($0)" }
    return names.first { !taken.contains($0.lowercased()) } ?? wanted
  }

  /// What a region of a mask is called: the file's name without "mask".
  private static func name(ofMask path: String) -> String {
    JobRegion.name(ofMask: path) ?? "region1"
  }
}
