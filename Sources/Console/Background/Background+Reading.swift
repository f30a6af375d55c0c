import Ground
import Jobs
import Runs
import Tools

/// What takes seconds to read or to compute: volumes, particles, the files of a job.
extension Background {
  func look(for effect: Effect) {
    switch effect {
    case .readSlices(let request): readSlices(request)
    case .readMap(let request): readMap(request)
    case .readFiles(let job): readFiles(job)
    case .readParticles(let folder, let iteration):
      work { self.post(.particles(ParticleReader.table(of: folder, iteration: iteration))) }
    case .comparePoses(let first, let other):
      work { self.post(.poseDifference(ParticleReader.difference(first: first, other: other))) }
    case .compareWithRoot(let folder, let root): compare(folder, with: root)
    case .countSelection(let folder, let expression):
      trying {
        var selection = ParticleSelection(input: folder)
        selection.expression = expression
        let sentence = try selection.run().result.sentence
        self.post(.counted(sentence, folder: folder, expression: expression))
      }
    case .countChoice(let folder, let expression):
      count(ChoiceCount(folder: folder, expression: expression))
    case .readVolumes(let job): work { self.post(.volumes(VolumeReader.volumes(of: job))) }
    case .previewMask(let job, let map, let mask, let threshold):
      work {
        let preview = VolumeReader.dynamicMask(job, map: map, mask: mask, threshold: threshold)
        self.post(.maskPreview(preview, threshold: threshold))
      }
    case .makeMask(let task): make(task)
    default: proceed(with: effect)
    }
  }

  /// Reads slices once, however often they are asked for meanwhile, and not at all when others are
  /// wanted before their turn comes.
  private func readSlices(_ request: SliceRequest) {
    wanted.slices.ask(for: request, on: work) { self.post(.slices(SliceReader.slices(request))) }
  }

  /// Reads the files of a job once, however often they are asked for meanwhile.
  private func readFiles(_ job: Job) {
    wanted.files.ask(for: job, on: work) { self.post(.files(FileFacts(of: job))) }
  }

  /// Counts what was chosen, unless something else has been chosen before its turn comes.
  private func count(_ choice: ChoiceCount) {
    wanted.count.ask(for: choice, on: work) { self.post(.choiceCounted(choice.counted)) }
  }

  /// Compares the poses of a run with the input of another once, however often it is asked for meanwhile.
  private func compare(_ folder: String, with root: String) {
    wanted.roots.ask(for: folder, on: work) {
      var change = RootChange(folder: folder, root: root)
      do {
        let found = try PoseChange(of: RunFolder(folder), against: RunFolder(root))
        (change.turned, change.moved) = (found.turned, found.moved)
      } catch {
        let problem = (error as? Problems)?.all.first ?? error as? Problem
        change.problem = problem?.what ?? "\(error)"
      }
      self.post(.rootChange(change))
    }
  }

  /// Reads a map once, however often it is asked for meanwhile.
  private func readMap(_ request: MapRequest) {
    wanted.maps.ask(for: request, on: work) {
      do throws(Problem) {
        let read =
          if let frame = request.frame {
            try self.wanted.composer.map(request, of: frame)
          } else {
            try MapReader.read(request)
          }
        self.post(.map(read))
      } catch { self.post(.mapProblem(request, error)) }
    }
  }

  /// Does a step of the mask maker, unless a later one of its kind has been asked for meanwhile.
  private func make(_ task: MakerTask) {
    let kind = task.kind
    let number = wanted.making.withLock { wanted in
      wanted[kind, default: 0] += 1
      return wanted[kind] ?? 0
    }
    trying {
      guard kind == .save || self.wanted.making.withLock({ $0[kind] == number }) else { return }
      self.post(.maskMaking(try task.done()))
    }
  }
}
