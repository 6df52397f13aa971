from huiju.config.cli import main

main()
