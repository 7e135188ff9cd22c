// Command kubectl is kubectl as Kubernetes builds it, from the published library.
// Its built-in kustomize is older than .bin/kustomize: the tests build every overlay with both.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
)

func main() {
	os.Exit(cli.Run(cmd.NewDefaultKubectlCommand()))
}
