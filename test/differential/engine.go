package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed engine.ps1
var engineScript []byte

// ask gives snippets to a real PowerShell, all in one process, and fills in its answers.
func ask(ctx context.Context, program string, list []snippet) error {
	folder, err := os.MkdirTemp("", "differential")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	script, from, to := filepath.Join(folder, "engine.ps1"), filepath.Join(folder, "from"), filepath.Join(folder, "to")
	var questions bytes.Buffer
	for _, s := range list {
		if err := json.NewEncoder(&questions).Encode(s); err != nil {
			return err
		}
	}
	if err := os.WriteFile(script, engineScript, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(from, questions.Bytes(), 0o600); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, program, "-NoProfile", "-NonInteractive", "-File", script, from, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	f, err := os.Open(to)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	answers, err := readLines(f)
	if err != nil || len(answers) != len(list) {
		return fmt.Errorf("%d answers to %d snippets: %w", len(answers), len(list), err)
	}
	for i := range list {
		list[i].answer = answers[i].answer
	}
	return nil
}
