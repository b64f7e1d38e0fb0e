// SPDX-License-Identifier: BSD-2-Clause
// jailctl doctor, jaildoctor: is it safe?
#include "doctor/doctor.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <set>

#include "doctor/repair.hpp"
#include "doctor/subject.hpp"
#include "doctor/text.hpp"
#include "jail/address.hpp"
#include "jail/idmap.hpp"
#include "lib/text.hpp"
#include "lifecycle/record.hpp"
#include "monitor/processes.hpp"
#include "network/interface_lease.hpp"
#include "network/plan.hpp"
#include "tools/jailctl/configured.hpp"
#include "tools/jailctl/doctor.hpp"
#include "tools/jailctl/interrupt.hpp"
#include "tools/jailctl/running.hpp"
#include "tools/jailctl/table.hpp"

namespace jailctl {
namespace {

namespace doctor = libjail::doctor;
using libjail::Error;
using libjail::Result;

constexpr int kUnsafe = 1;
constexpr std::size_t kMostOperands = 3;

struct Arguments {
  std::vector<std::string> operands;
  std::string file;
  bool json = false;
  bool strict = false;
  bool fix = false;
  bool preview = false;
};

/// A process of the jail, and who owns the root directory on the disk if root does in the jail.
struct Witness {
  pid_t process = 0;
  uid_t owner = 0;
};

/// One that has gone into no directory of the jail by chroot(2), if there is one.
std::optional<Witness> find_witness(const Context& context, const libjail::ListedJail& jail) {
  struct stat root {};
  if (::stat(jail.path.c_str(), &root) < 0) return {};
  for (const auto& process : monitor::processes_of(context.kernel, context.proc, jail.jid)) {
    const std::string link = context.proc + "/" + std::to_string(process.pid) + "/root";
    struct stat own {};
    if (::stat(link.c_str(), &own) == 0 && own.st_dev == root.st_dev && own.st_ino == root.st_ino) {
      return Witness{.process = process.pid, .owner = own.st_uid == 0 ? root.st_uid : 0};
    }
  }
  return {};
}

/// What jail -c made the jail with.
std::optional<libjail::conf::JailConfig> record_of(const Context& context,
                                                   const libjail::ListedJail& jail) {
  const auto settings = libjail::lifecycle::Record::peek(context.kernel, context.state, jail.name);
  auto config = settings ? libjail::conf::make_config(*settings)
                         : libjail::conf::Checked<libjail::conf::JailConfig>();
  return settings && config ? std::optional(*std::move(config)) : std::nullopt;
}

/// Whether the jail has a network namespace: one that jail(8) connected, or one that a process
/// shows.
bool has_own_network(const Context& context, const libjail::ListedJail& jail) {
  const libjail::network::NetworkConfig config{.state_dir = context.state};
  if (libjail::network::is_made_by_us(config, libjail::network::host_end_name(jail.name))) {
    return true;
  }
  const auto processes = monitor::processes_of(context.kernel, context.proc, jail.jid);
  struct stat host {};
  struct stat own {};
  return !processes.empty() && ::stat((context.proc + "/self/ns/net").c_str(), &host) == 0 &&
         ::stat((context.proc + "/" + std::to_string(processes[0].pid) + "/ns/net").c_str(),
                &own) == 0 &&
         own.st_ino != host.st_ino;
}

doctor::Subject running_subject(const Context& context, const libjail::ListedJail& jail) {
  const auto witness = find_witness(context, jail);
  const auto record = record_of(context, jail);
  auto subject = doctor::subject_of(jail, witness ? witness->process : 0);
  if (witness) {
    subject.owner = witness->owner;
  } else if (record) {
    subject.owner = libjail::user_on_disk(record->idmap, 0);
  }
  subject.own_network = has_own_network(context, jail) || (record && record->vnet);
  return subject;
}

/// What is called so, as it runs or as it is configured.
Result<doctor::Subject> named_subject(const Context& context, const Arguments& arguments) {
  const auto& name = arguments.operands.front();
  const auto found = find_running(context, name);
  if (!found) return std::unexpected(found.error());
  const std::optional<libjail::ListedJail>& running = *found;
  if (running) return running_subject(context, *running);
  const auto configured = find_configured(context, arguments.file, name);
  if (!configured) return std::unexpected(configured.error().front());
  const std::optional<libjail::conf::JailSettings>& settings = *configured;
  if (!settings) {
    return libjail::fail(0, "no jail \"" + name + "\" runs, and none is in jail.conf(5)",
                         "a root directory has a slash in it: ./" + name);
  }
  const auto config = libjail::conf::make_config(*settings);
  if (!config) return std::unexpected(config.error().front());
  return doctor::subject_of(context.kernel, *config);
}

/// As `jail PATH CAPMASK IP` would start it.
Result<doctor::Subject> given_subject(const std::vector<std::string>& operands) {
  doctor::Subject subject{.name = operands[0], .root = operands[0]};
  if (operands.size() > 1) {
    const std::string_view mask = operands[1];
    // A mask with bits that this kernel does not know is what cap-unknown is for.
    const auto bits = mask.starts_with("0x")
                          ? libjail::parse_number<std::uint64_t>(mask.substr(2), 16)
                          : std::nullopt;
    const auto ceiling = bits ? Result<std::uint64_t>(*bits) : libjail::parse_capmask(mask);
    if (!ceiling) return std::unexpected(ceiling.error());
    subject.ceiling = *ceiling;
  }
  if (operands.size() > 2) {
    const auto parsed = libjail::parse_address(operands[2]);
    if (!parsed) return std::unexpected(parsed.error());
    const std::optional<libjail::Address>& address = *parsed;
    if (address) {
      subject.address = address->ip;
      subject.adds_address = address->alias.has_value();
    }
  }
  return subject;
}

/// All that run or are configured.
std::vector<doctor::Subject> all_subjects(const Context& context, const Arguments& arguments,
                                          std::vector<Error>& errors) {
  std::vector<doctor::Subject> subjects;
  std::set<std::string> names;
  const auto running = running_jails(context);
  if (!running) errors.push_back(running.error());
  for (const auto& jail : running.value_or(std::vector<libjail::ListedJail>())) {
    names.insert(jail.name);
    if (!jail.dying) subjects.push_back(running_subject(context, jail));
  }
  for (const auto& config : all_configured(context, arguments.file, errors)) {
    if (names.contains(config.name)) continue;
    auto subject = doctor::subject_of(context.kernel, config);
    if (subject) {
      subjects.push_back(*std::move(subject));
    } else {
      errors.push_back(subject.error());
    }
  }
  return subjects;
}

/// Mends what can be mended, or shows how.
void mend(const Context& context, const Arguments& arguments, const doctor::Subject& subject,
          const doctor::Report& report) {
  std::set<std::string> done;
  for (const auto& finding : report.findings) {
    if (!finding.repair) continue;
    const auto command = doctor::repair_command(subject.root, *finding.repair);
    if (!done.insert(command).second) continue;
    if (!arguments.preview) {
      const auto mended = doctor::mend(context.kernel, subject.root, *finding.repair);
      if (!mended) {
        context.messages.error(doctor::escaped(subject.name + ": " + mended.error().text()));
        continue;
      }
    }
    context.messages.report(command + "\n");
  }
}

/// What was found, of all jails.
class Verdict {
 public:
  Verdict(const Context& context, const Arguments& arguments)
      : context_(context), arguments_(arguments) {}

  void add(const std::string& name, const doctor::Report& report) {
    const std::string jail = doctor::escaped(name);
    for (const auto& finding : report.findings) {
      const bool is_unsafe = finding.level == doctor::Level::kUnsafe;
      unsafe_ = unsafe_ || is_unsafe || arguments_.strict;
      findings_.rows.push_back({name, finding.id, is_unsafe ? "UNSAFE" : "warn", finding.object,
                                finding.detail, finding.sentence, finding.fix});
      text_ += jail + ": " + doctor::text(finding) + "\n";
    }
    for (const auto& gap : report.gaps) add_gap(name, gap);
    if (report.findings.empty() && report.gaps.empty()) text_ += jail + ": safe\n";
  }
  void add_gap(const std::string& name, const Error& error) {
    gaps_.rows.push_back({name, error.text()});
    context_.messages.error(doctor::escaped((name.empty() ? "" : name + ": ") + error.text()));
  }

  [[nodiscard]] int print() const {
    const auto text = arguments_.json ? to_json({{"findings", findings_}, {"gaps", gaps_}}) : text_;
    if (!context_.messages.output(text)) return kUnchecked;
    if (unsafe_) return kUnsafe;
    return gaps_.rows.empty() ? kOk : kUnchecked;
  }

 private:
  const Context& context_;
  const Arguments& arguments_;
  Table findings_{
      .columns = {{"JAIL"}, {"ID"}, {"LEVEL"}, {"OBJECT"}, {"DETAIL"}, {"SENTENCE"}, {"FIX"}}};
  Table gaps_{.columns = {{"JAIL"}, {"TEXT"}}};
  std::string text_;
  bool unsafe_ = false;
};

int run(const Context& context, const Arguments& arguments) {
  let_interrupts_end_us();  // a large tree takes its time, and each repair is whole
  const auto& operands = arguments.operands;
  if (operands.size() > kMostOperands) {
    context.messages.error("doctor takes a jail, or a path, a capmask and an address");
    return kUsage;
  }
  Verdict verdict(context, arguments);
  std::vector<doctor::Subject> subjects;
  std::vector<Error> errors;
  if (operands.empty()) {
    subjects = all_subjects(context, arguments, errors);
  } else {
    const bool is_path = operands[0].find('/') != std::string::npos || operands[0] == ".";
    if (operands.size() > 1 && !is_path) {
      context.messages.error(operands[0] + ": a capmask goes with a path, which has a slash in it");
      return kUsage;
    }
    auto subject = is_path ? given_subject(operands) : named_subject(context, arguments);
    if (subject) {
      subjects.push_back(*std::move(subject));
    } else {
      errors.push_back(subject.error());
    }
  }
  for (const auto& error : errors) verdict.add_gap({}, error);
  const doctor::Sources sources{.proc = context.proc};
  for (const auto& subject : subjects) {
    const auto look = [&] {
      return doctor::examine(context.kernel, subject, doctor::Scope::kAll, sources);
    };
    auto report = look();
    if (report && (arguments.fix || arguments.preview)) {
      mend(context, arguments, subject, *report);
      if (!arguments.preview) report = look();
    }
    if (!report) {
      verdict.add_gap(subject.name, report.error());
    } else {
      verdict.add(subject.name, *report);
    }
  }
  return verdict.print();
}

}  // namespace

Subcommand doctor_subcommand() {
  const auto arguments = std::make_shared<Arguments>();
  return {.name = "doctor",
          .summary = "Look for what would let somebody out: [NAME | PATH [CAPMASK [IP]]]",
          .operands = {several_operands(
              "JAIL", "A jail that runs or is configured, or a path, a capmask, an address",
              arguments->operands)},
          .options = {file_option(arguments->file),
                      json_option(arguments->json),
                      {.names = "--strict",
                       .help = "Warnings count",
                       .take = [arguments](const std::string&) { arguments->strict = true; }},
                      {.names = "--fix",
                       .help = "Mend what can be mended in the root directory itself",
                       .take = [arguments](const std::string&) { arguments->fix = true; },
                       .excludes = "--json"},
                      {.names = "-n,--dry-run",
                       .help = "Print the commands that --fix would run, and change nothing",
                       .take = [arguments](const std::string&) { arguments->preview = true; },
                       .excludes = "--json"}},
          .run = [arguments](const Context& context) { return run(context, *arguments); }};
}

}  // namespace jailctl
