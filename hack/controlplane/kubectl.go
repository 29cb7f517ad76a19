package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubectl/pkg/cmd/annotate"
	"k8s.io/kubectl/pkg/cmd/apiresources"
	"k8s.io/kubectl/pkg/cmd/apply"
	"k8s.io/kubectl/pkg/cmd/auth"
	"k8s.io/kubectl/pkg/cmd/config"
	"k8s.io/kubectl/pkg/cmd/create"
	"k8s.io/kubectl/pkg/cmd/delete"
	"k8s.io/kubectl/pkg/cmd/describe"
	"k8s.io/kubectl/pkg/cmd/diff"
	"k8s.io/kubectl/pkg/cmd/edit"
	"k8s.io/kubectl/pkg/cmd/events"
	"k8s.io/kubectl/pkg/cmd/explain"
	"k8s.io/kubectl/pkg/cmd/get"
	"k8s.io/kubectl/pkg/cmd/kustomize"
	"k8s.io/kubectl/pkg/cmd/label"
	"k8s.io/kubectl/pkg/cmd/patch"
	"k8s.io/kubectl/pkg/cmd/replace"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/cmd/version"
	"k8s.io/kubectl/pkg/cmd/wait"
	"k8s.io/kubectl/pkg/util/templates"
)

// kubectl is the real kubectl without the commands that need a kubelet or a
// scheduler (logs, exec, run, drain, rollout, top, …), because nothing here could
// serve them.
func kubectl(args []string) *cobra.Command {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	warnings := rest.NewWarningWriter(streams.ErrOut, rest.WarningWriterOptions{Deduplicate: true})
	strict := false
	root := &cobra.Command{
		Use:   "kubectl",
		Short: "kubectl controls the Kubernetes cluster manager; commands that need nodes are left out of this build",
		Run:   func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
		PersistentPreRun: func(*cobra.Command, []string) {
			rest.SetDefaultWarningHandler(warnings)
		},
		PersistentPostRunE: func(*cobra.Command, []string) error {
			if n := warnings.WarningCount(); strict && n > 0 {
				return fmt.Errorf("%d warnings received", n)
			}
			return nil
		},
	}
	root.PersistentFlags().BoolVar(&strict, "warnings-as-errors", false, "Treat warnings of the server as errors") // kubectl version requires this flag
	flags := genericclioptions.NewConfigFlags(true).WithDiscoveryBurst(300).WithDiscoveryQPS(50).WithWarningPrinter(streams)
	flags.AddFlags(root.PersistentFlags())
	matched := cmdutil.NewMatchVersionFlags(flags)
	matched.AddFlags(root.PersistentFlags())
	f := cmdutil.NewFactory(matched)
	groups := templates.CommandGroups{
		{Message: "Look:", Commands: []*cobra.Command{
			get.NewCmdGet("kubectl", f, streams), describe.NewCmdDescribe("kubectl", f, streams), events.NewCmdEvents(f, streams),
			explain.NewCmdExplain("kubectl", f, streams), wait.NewCmdWait(f, streams), diff.NewCmdDiff(f, streams),
			apiresources.NewCmdAPIResources(f, streams), apiresources.NewCmdAPIVersions(f, streams), version.NewCmdVersion(f, streams),
		}},
		{Message: "Change:", Commands: []*cobra.Command{
			apply.NewCmdApply("kubectl", f, streams), create.NewCmdCreate(f, streams), edit.NewCmdEdit(f, streams), patch.NewCmdPatch(f, streams),
			replace.NewCmdReplace(f, streams), delete.NewCmdDelete(f, streams), label.NewCmdLabel(f, streams), annotate.NewCmdAnnotate("kubectl", f, streams),
		}},
		{Message: "Set up:", Commands: []*cobra.Command{
			kustomize.NewCmdKustomize(streams), auth.NewCmdAuth(f, streams), config.NewCmdConfig(f, clientcmd.NewDefaultPathOptions(), streams),
		}},
	}
	groups.Add(root)
	templates.ActsAsRootCommand(root, nil, groups...)
	if _, _, err := root.Find(args); err != nil {
		becomePlugin(args)
	}
	return root
}

// becomePlugin replaces this process by the program kubectl-NAME of the PATH, as
// kubectl does for a command that it does not have. It returns when there is no such
// program.
func becomePlugin(args []string) {
	program, err := exec.LookPath("kubectl-" + strings.ReplaceAll(args[0], "-", "_"))
	if err != nil {
		return
	}
	err = syscall.Exec(program, append([]string{program}, args[1:]...), os.Environ())
	cmdutil.CheckErr(err)
}
