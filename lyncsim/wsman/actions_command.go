package wsman

import (
	"context"
	"maps"
	"strings"
	"unicode/utf16"
)

// maxCreateProcess is the longest command line that CreateProcess accepts, in UTF-16
// units. cmd.exe has a shorter limit of its own, which package console applies.
const maxCreateProcess = 32767

// command starts a process in a shell.
func (s *Server) command(_ context.Context, c *call) (string, error) {
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err != nil {
		return "", err
	}
	defer release()
	if sh.remote != nil {
		return s.startPipeline(sh.remote, c)
	}
	p := s.process(sh, c)
	if err := s.startable(p); err != nil {
		return "", err
	}
	cmd, err := s.shells.start(sh, func() *command { return startCommand(sh.life, s.cfg.Program, p) })
	if err != nil {
		return "", err
	}
	s.count.processes.Add(1)
	return `<rsp:CommandResponse><rsp:CommandId>` + cmd.id + `</rsp:CommandId></rsp:CommandResponse>`, nil
}

// process describes the process that the request is to start.
func (s *Server) process(sh *shell, c *call) Process {
	words := append([]string{c.Body.Command.Command}, c.Body.Command.Arguments...)
	return Process{
		CommandLine:      strings.TrimSpace(strings.Join(words, " ")),
		SkipShell:        !s.cfg.StartsByCmd && isTrue(c.Header.option("WINRS_SKIP_CMD_SHELL")),
		Who:              sh.owner.identity(),
		Environment:      maps.Clone(sh.settings.environment),
		WorkingDirectory: sh.settings.workingDirectory,
		NoProfile:        sh.settings.noProfile,
		CodePage:         sh.settings.codePage,
	}
}

// startable refuses what CreateProcess would refuse.
func (s *Server) startable(p Process) error {
	line := p.CommandLine
	if !p.SkipShell {
		line = `%COMSPEC% /C "` + line + `"`
	}
	if len(utf16.Encode([]rune(line))) > maxCreateProcess {
		return newFault(commandTooLong, "")
	}
	if f, ok := s.cfg.Program.(Finder); ok && p.SkipShell && !f.Find(p.CommandLine) {
		return newFault(fileNotFound, "")
	}
	return nil
}

// signal ends a command. A command that has ended or is unknown is no error, because
// clients send terminate when they no longer need it.
func (s *Server) signal(_ context.Context, c *call) (string, error) {
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err != nil {
		return "", err
	}
	defer release()
	if sh.remote != nil {
		return s.signalPipeline(sh.remote, c)
	}
	if cmd, err := s.shells.command(sh, c.Body.Signal.CommandID); err == nil {
		switch code := c.Body.Signal.code(); code {
		case signalTerminate:
			cmd.terminate()
		case signalCtrlC, signalCtrlBreak:
			cmd.finish(exitCtrlC)
		default:
			return "", newFault(schemaViolation, "signal "+code)
		}
	}
	return `<rsp:SignalResponse/>`, nil
}
